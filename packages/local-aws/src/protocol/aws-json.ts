/**
 * AWS JSON 1.1 and 1.0. The action is in a header, input and output are JSON, and errors are `{"__type", "message"}`
 * with HTTP status 400 or 500.
 */
import { AwsError, serverFault } from './aws-error.ts'
import type { AwsRequest, AwsResponse, Caller } from './exchange.ts'

/**
 * Runs an action and returns its output. The signal aborts when the client has gone: an action that waits for something
 * then stops waiting.
 * @throws AwsError
 */
export type JsonService = (action: string, body: unknown, caller: Caller, signal?: AbortSignal) => Promise<object>

/** Services by their prefix in the header X-Amz-Target, such as `AmazonEC2ContainerServiceV20141113` for ECS. */
export type JsonServices = Record<string, JsonService>

/**
 * The response to a request in AWS JSON.
 * @throws AwsError
 */
export async function respondToJson(call: AwsRequest, caller: Caller, services: JsonServices): Promise<AwsResponse> {
  const [, prefix, action] = /^([^.]+)\.([^.]+)$/.exec(call.headers['x-amz-target'] ?? '') ?? []
  const service = prefix === undefined ? undefined : services[prefix]
  if (!service || action === undefined) throw new AwsError('UnknownOperationException')
  return jsonResponse(200, await service(action, parseBody(call.body), caller, call.signal), contentTypeFor(call))
}

/** The response for an error. `call` determines the version of the protocol. */
export function jsonErrorResponse(error: unknown, call?: AwsRequest): AwsResponse {
  const awsError = error instanceof AwsError ? error : serverFault()
  const body = {
    __type: awsError.code,
    ...(awsError.message !== '' && { message: awsError.message }),
    ...awsError.members,
  }
  const { status, headers, body: text } = jsonResponse(awsError.status, body, contentTypeFor(call))
  return {
    status,
    headers: { ...headers, ...(awsError.queryCode && { 'x-amzn-query-error': `${awsError.queryCode};Sender` }) },
    body: text,
  }
}

function contentTypeFor(call: AwsRequest | undefined): string {
  return call?.headers['content-type'] === 'application/x-amz-json-1.0'
    ? 'application/x-amz-json-1.0'
    : 'application/x-amz-json-1.1'
}

function parseBody(body: Uint8Array): unknown {
  if (body.byteLength === 0) return {}
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    throw new AwsError('SerializationException')
  }
}

function jsonResponse(status: number, body: object, contentType: string): AwsResponse {
  return { status, headers: { 'content-type': contentType }, body: JSON.stringify(body) }
}
