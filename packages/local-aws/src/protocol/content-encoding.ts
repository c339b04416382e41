/** Decompresses request bodies: clients of CloudWatch compress PutMetricData above 10 KiB. */
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { AwsError } from './aws-error.ts'
import type { AwsRequest } from './exchange.ts'
import { MAX_BODY_BYTES } from './request-body.ts'

const decompress = promisify(gunzip)

/**
 * The request with its body decompressed. The signature covers the compressed body, so verify the signature before.
 * @throws AwsError for a body that is not gzip, or that is too large.
 */
export async function withDecompressedBody(call: AwsRequest): Promise<AwsRequest> {
  if (call.headers['content-encoding'] !== 'gzip') return call
  try {
    return { ...call, body: await decompress(call.body, { maxOutputLength: MAX_BODY_BYTES }) }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw new AwsError('RequestEntityTooLargeException', `A request can have at most ${MAX_BODY_BYTES} bytes.`, {
        status: 413,
      })
    throw new AwsError('SerializationException')
  }
}
