/** The one path behind both doors: from a request and its caller to the answer that may leave. */

import type { Ids } from './ids.ts'
import { answerJson, type JsonServices, jsonError } from './protocol/aws-json.ts'
import type { Answer, Call, Caller } from './protocol/exchange.ts'
import type { Storage } from './storage/storage.ts'

export interface FrontParts {
  services: JsonServices
  storage: Storage
  ids: Ids
}

export async function answer(
  call: Call,
  identify: (call: Call) => Caller | Promise<Caller>,
  { services, storage, ids }: FrontParts,
): Promise<Answer> {
  const requestId = ids.uuid()
  const { status, headers, body } = await answerDurably().catch(jsonError)
  return { status, headers: { ...headers, 'x-amzn-requestid': requestId, 'content-length': String(Buffer.byteLength(body)) }, body }

  async function answerCall(): Promise<Answer> {
    return answerJson(call, await identify(call), services)
  }

  async function answerDurably(): Promise<Answer> {
    const answered = await answerCall().catch(jsonError)
    // Refusals wait too: they may tell of a state that is not on disk yet.
    await storage.settled()
    return answered
  }
}
