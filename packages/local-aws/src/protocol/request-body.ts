/** Reads request bodies, within a bound for each and a bound for all that a listener holds at once. */
import type { IncomingMessage } from 'node:http'
import { AwsError } from './aws-error.ts'
import { ConnectionCut } from './connection-cut.ts'

// The largest request is PutLogEvents': 1 MiB of messages, of which JSON may write each byte as six, and 10,000 times what stands around one.
export const MAX_BODY_BYTES = 8 * 1_048_576
/** Of all requests that are being read or answered. */
const MAX_BUFFERED_BYTES = 64 * 1_048_576

export interface BodyReader {
  /**
   * Reads the body and hands it to `use`; its bytes count against the listener's bound until `use` has ended.
   * @throws AwsError 413 for a body above the bound, 503 while the listener holds too much; ConnectionCut for a body that the client breaks off.
   */
  withBody<T>(request: IncomingMessage, use: (body: Uint8Array) => Promise<T>): Promise<T>
}

export function bodyReader(): BodyReader {
  let buffered = 0

  return {
    async withBody(request, use) {
      const chunks: Buffer[] = []
      let size = 0
      try {
        // A request that is too large is answered, not cut off.
        for await (const chunk of chunksOf(request)) {
          size += chunk.length
          buffered += chunk.length
          if (size > MAX_BODY_BYTES)
            throw new AwsError(
              'RequestEntityTooLargeException',
              `A request can have at most ${MAX_BODY_BYTES} bytes.`,
              { status: 413 },
            )
          if (buffered > MAX_BUFFERED_BYTES)
            throw new AwsError('ServiceUnavailableException', 'Too many large requests at once. Try again later.', {
              status: 503,
            })
          chunks.push(chunk)
        }
        return await use(Buffer.concat(chunks))
      } finally {
        buffered -= size
      }
    },
  }
}

async function* chunksOf(request: IncomingMessage): AsyncGenerator<Buffer> {
  try {
    yield* request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>
  } catch (error) {
    throw new ConnectionCut(`The client broke the request off: ${error instanceof Error ? error.message : error}`)
  }
}
