/** Listeners whose requests are identified by their signature: for clients of this machine, and for tasks. */
import { type AnswerDeps, answer, rejection } from './front.ts'
import { admit, callerBySignature, type IdentityDeps } from './identity.ts'
import { type Listener, type ListenerDeps, listenOn } from './protocol/server.ts'
import type { Table } from './storage/table.ts'

export interface SignedRequestsDeps {
  answerDeps: AnswerDeps
  identity: IdentityDeps
}

export function signedRequests({ answerDeps, identity }: SignedRequestsDeps): ListenerDeps {
  return {
    answer: (call) => answer(call, (request) => callerBySignature(request, identity), answerDeps),
    admit: (head) => void admit(head, identity),
    reject: (error, head) => rejection(error, head, answerDeps),
    rejectsWebPages: !identity.verify,
    onUnexpectedError: answerDeps.onUnexpectedError,
  }
}

/**
 * Listens for requests of tasks and returns the URL. The URL is in the environment of containers, so a restarted engine
 * listens on the same port if it can.
 * @param taskListeners receives the listener
 */
export async function listenForTasks(
  host: string,
  { taskListeners, facts, requests }: { taskListeners: Listener[]; facts: Table<string>; requests: SignedRequestsDeps },
): Promise<string> {
  const portKey = `port at ${host}`
  const deps = signedRequests(requests)
  const listener = await listenOn({ host, port: Number(facts.get(portKey) ?? 0) }, deps).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' && facts.get(portKey)) return listenOn({ host, port: 0 }, deps)
      throw error
    },
  )
  taskListeners.push(listener)
  facts.set(portKey, new URL(listener.url).port)
  return listener.url
}
