/** AWS JSON 1.1: the action in a header, JSON in and out, errors as `{"__type", "message"}` with HTTP status 400 or 500. */
import { AwsError, serverFault } from './aws-error.ts'
import type { Answer, Call, Caller } from './exchange.ts'

const CONTENT_TYPE = 'application/x-amz-json-1.1'

/** A service's public side: does the action, answers with its output; throws AwsError. */
export type JsonService = (action: string, body: unknown, caller: Caller) => Promise<object>

/** `{"AmazonEC2ContainerServiceV20141113": ecs}`: services by the first half of X-Amz-Target. */
export type JsonServices = Record<string, JsonService>

export async function answerJson(call: Call, caller: Caller, services: JsonServices): Promise<Answer> {
  const [, prefix, action] = /^([^.]+)\.([^.]+)$/.exec(call.headers['x-amz-target'] ?? '') ?? []
  const service = prefix === undefined ? undefined : services[prefix]
  if (!service || action === undefined) throw new AwsError('UnknownOperationException')
  return jsonAnswer(200, await service(action, parse(call.body), caller))
}

export function jsonError(error: unknown): Answer {
  const known = error instanceof AwsError ? error : serverFault()
  return jsonAnswer(known.status, { __type: known.code, ...(known.message !== '' && { message: known.message }), ...known.members })
}

function parse(body: Uint8Array): unknown {
  if (body.byteLength === 0) return {}
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    throw new AwsError('SerializationException')
  }
}

function jsonAnswer(status: number, body: object): Answer {
  return { status, headers: { 'content-type': CONTENT_TYPE }, body: JSON.stringify(body) }
}
