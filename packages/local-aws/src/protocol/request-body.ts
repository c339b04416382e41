/** Reads request bodies. It limits the size of each body, and of all bodies that a listener holds at once. */
import type { IncomingMessage } from 'node:http'
import { AwsError } from './aws-error.ts'
import { ConnectionCut } from './connection-cut.ts'

// The largest request is PutLogEvents: 1 MiB of messages, whose bytes can each take six bytes in JSON, and the members
// around 10,000 messages.
export const MAX_BODY_BYTES = 8 * 1_048_576
/** The maximum for all requests together that are being read or answered. */
const MAX_BUFFERED_BYTES = 64 * 1_048_576

export interface BodyReader {
  /**
   * Reads the body and passes it to `use`. Its bytes count against the listener's limit until `use` has ended.
   * @throws AwsError 413 for a body above the limit, 503 while the listener holds too many bytes.
   * @throws ConnectionCut when the client ends the body early.
   */
  withBody<T>(request: IncomingMessage, use: (body: Uint8Array) => Promise<T>): Promise<T>
}

export function createBodyReader(): BodyReader {
  let buffered = 0

  return {
    async withBody(request, use) {
      const chunks: Buffer[] = []
      let size = 0
      try {
        // A request that is too large still gets a response, so the iterator must not close the connection.
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
    throw new ConnectionCut(`The client ended the request early: ${error instanceof Error ? error.message : error}`)
  }
}
