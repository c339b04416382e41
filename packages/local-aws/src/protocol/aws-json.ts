/** AWS JSON 1.1, and 1.0 for those who speak that: the action in a header, JSON in and out, errors as `{"__type", "message"}` with HTTP status 400 or 500. */
import { AwsError, serverFault } from './aws-error.ts'
import type { Answer, Call, Caller } from './exchange.ts'

/** A service's public side: does the action, answers with its output; throws AwsError. A wait for something ends when nobody waits for the answer any more. */
export type JsonService = (action: string, body: unknown, caller: Caller, gone?: AbortSignal) => Promise<object>

/** `{"AmazonEC2ContainerServiceV20141113": ecs}`: services by the first half of X-Amz-Target. */
export type JsonServices = Record<string, JsonService>

export async function answerJson(call: Call, caller: Caller, services: JsonServices): Promise<Answer> {
  const [, prefix, action] = /^([^.]+)\.([^.]+)$/.exec(call.headers['x-amz-target'] ?? '') ?? []
  const service = prefix === undefined ? undefined : services[prefix]
  if (!service || action === undefined) throw new AwsError('UnknownOperationException')
  return jsonAnswer(200, await service(action, parse(call.body), caller, call.gone), contentTypeFor(call))
}

export function jsonError(error: unknown, call?: Call): Answer {
  const known = error instanceof AwsError ? error : serverFault()
  const body = { __type: known.code, ...(known.message !== '' && { message: known.message }), ...known.members }
  const { status, headers, body: text } = jsonAnswer(known.status, body, contentTypeFor(call))
  return {
    status,
    headers: { ...headers, ...(known.queryCode && { 'x-amzn-query-error': `${known.queryCode};Sender` }) },
    body: text,
  }
}

function contentTypeFor(call: Call | undefined): string {
  return call?.headers['content-type'] === 'application/x-amz-json-1.0'
    ? 'application/x-amz-json-1.0'
    : 'application/x-amz-json-1.1'
}

function parse(body: Uint8Array): unknown {
  if (body.byteLength === 0) return {}
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    throw new AwsError('SerializationException')
  }
}

function jsonAnswer(status: number, body: object, contentType: string): Answer {
  return { status, headers: { 'content-type': contentType }, body: JSON.stringify(body) }
}
