/** The one path behind both doors: from a request and its caller to the answer that may leave. */
import type { Ids } from './ids.ts'
import { AwsError } from './protocol/aws-error.ts'
import { answerJson, type JsonServices, jsonError } from './protocol/aws-json.ts'
import { answerQuery, isQuery, type QueryServices, queryError, readsXml } from './protocol/aws-query.ts'
import { ConnectionCut } from './protocol/connection-cut.ts'
import type { Answer, Call, Caller } from './protocol/exchange.ts'
import { signatureOf } from './protocol/signature.ts'
import type { Storage } from './storage/storage.ts'

export interface FrontDeps {
  json: JsonServices
  query: QueryServices
  storage: Storage
  ids: Ids
  /** Told of what is a fault of ours. The client only hears that there was one. */
  onFault: (error: unknown) => void
}

/** By the names that requests are signed for. */
const offered = ['ec2', 'ecs', 'events', 'logs', 'secretsmanager', 'sqs', 'ssm', 'sts', 'tagging']

/** @throws AwsError that names the service: a client that has one endpoint for all asks here for those too that this engine lacks. */
function checkOffered(call: Call): void {
  const service = signatureOf(call)?.service
  if (service !== undefined && !offered.includes(service))
    throw new AwsError('UnsupportedFeatureException', `This engine does not have the service ${service}.`)
}

export async function answer(
  call: Call,
  identify: (call: Call) => Caller | Promise<Caller>,
  parts: FrontDeps,
): Promise<Answer> {
  const requestId = parts.ids.uuid()
  const refuse = (error: unknown) => errorAnswer(error, call, requestId, parts)
  return sent(await answerDurably().catch(refuse), requestId)

  async function answerDurably(): Promise<Answer> {
    try {
      return await answerCall().catch(refuse)
    } finally {
      // Refusals wait too: they may tell of a state that is not on disk yet.
      await parts.storage.settled()
    }
  }

  async function answerCall(): Promise<Answer> {
    const caller = await identify(call)
    checkOffered(call)
    return isQuery(call) ? answerQuery(call, caller, parts.query, requestId) : answerJson(call, caller, parts.json)
  }
}

/** The response to a request that is rejected before its body is read. */
export function rejection(error: unknown, head: Call, parts: FrontDeps): Answer {
  const requestId = parts.ids.uuid()
  return sent(errorAnswer(error, head, requestId, parts), requestId)
}

function errorAnswer(error: unknown, call: Call, requestId: string, { onFault }: FrontDeps): Answer {
  if (error instanceof ConnectionCut) throw error
  if (!(error instanceof AwsError)) onFault(error)
  const service = signatureOf(call)?.service
  return readsXml(call, service) ? queryError(error, requestId, service) : jsonError(error, call)
}

function sent({ status, headers, body }: Answer, requestId: string): Answer {
  return {
    status,
    headers: { ...headers, 'x-amzn-requestid': requestId, 'content-length': String(Buffer.byteLength(body)) },
    body,
  }
}
