/**
 * Handles every request, in process and over TCP: finds the caller, calls the service, and responds when the state is
 * durable.
 */
import type { Ids } from './ids.ts'
import { AwsError } from './protocol/aws-error.ts'
import { answerJson, type JsonServices, jsonError } from './protocol/aws-json.ts'
import { answerQuery, expectsXml, isQuery, type QueryServices, queryError } from './protocol/aws-query.ts'
import { ConnectionCut } from './protocol/connection-cut.ts'
import { withoutCompression } from './protocol/content-encoding.ts'
import type { Answer, Call, Caller } from './protocol/exchange.ts'
import { signatureOf } from './protocol/signature.ts'
import type { Storage } from './storage/storage.ts'

export interface AnswerDeps {
  json: JsonServices
  query: QueryServices
  storage: Storage
  ids: Ids
  /** Receives errors that are defects of the engine. The client only gets a general error. */
  onUnexpectedError: (error: unknown) => void
}

/** The names of the engine's services in signatures. */
const serviceNames = [
  'ec2',
  'ecs',
  'events',
  'kms',
  'logs',
  'monitoring',
  'secretsmanager',
  'sqs',
  'ssm',
  'sts',
  'tagging',
]

/**
 * @throws AwsError when the engine does not have the service of the request. A client with one endpoint for all services
 * may send requests to any service.
 */
function checkService(call: Call): void {
  const service = signatureOf(call)?.service
  if (service !== undefined && !serviceNames.includes(service))
    throw new AwsError('UnsupportedFeatureException', `This engine does not have the service ${service}.`)
}

/** Responds to a request. Never rejects, except with ConnectionCut for an injected fault. */
export async function answer(
  call: Call,
  identify: (call: Call) => Caller | Promise<Caller>,
  deps: AnswerDeps,
): Promise<Answer> {
  const requestId = deps.ids.uuid()
  const toErrorAnswer = (error: unknown) => errorAnswer(error, call, requestId, deps)
  return withCommonHeaders(await answerDurably().catch(toErrorAnswer), requestId)

  async function answerDurably(): Promise<Answer> {
    try {
      return await answerCall().catch(toErrorAnswer)
    } finally {
      // An error waits too, because it may depend on a state that is not durable yet.
      await deps.storage.settled()
    }
  }

  async function answerCall(): Promise<Answer> {
    const caller = await identify(call)
    checkService(call)
    const request = await withoutCompression(call)
    return isQuery(request)
      ? answerQuery(request, caller, deps.query, requestId)
      : answerJson(request, caller, deps.json)
  }
}

/** The response to a request that is rejected before its body is read. */
export function rejection(error: unknown, head: Call, deps: AnswerDeps): Answer {
  const requestId = deps.ids.uuid()
  return withCommonHeaders(errorAnswer(error, head, requestId, deps), requestId)
}

function errorAnswer(error: unknown, call: Call, requestId: string, { onUnexpectedError }: AnswerDeps): Answer {
  if (error instanceof ConnectionCut) throw error
  if (!(error instanceof AwsError)) onUnexpectedError(error)
  const service = signatureOf(call)?.service
  return expectsXml(call, service) ? queryError(error, requestId, service) : jsonError(error, call)
}

function withCommonHeaders({ status, headers, body }: Answer, requestId: string): Answer {
  return {
    status,
    headers: { ...headers, 'x-amzn-requestid': requestId, 'content-length': String(Buffer.byteLength(body)) },
    body,
  }
}
