/** Listeners whose requests are identified by their signature: for clients of this machine, and for tasks. */

import { callerBySignature, checkRequestHead, type IdentityDeps } from './identity.ts'
import { type Listener, type ListenerDeps, openListener } from './protocol/server.ts'
import { type RespondDeps, rejectionResponse, respondTo } from './respond-to.ts'
import type { Table } from './storage/table.ts'

export interface SignedRequestsDeps {
  respondDeps: RespondDeps
  identity: IdentityDeps
}

export function createSignedListenerDeps({ respondDeps, identity }: SignedRequestsDeps): ListenerDeps {
  return {
    respondTo: (call) => respondTo(call, (request) => callerBySignature(request, identity), respondDeps),
    checkHead: (head) => void checkRequestHead(head, identity),
    rejectionResponse: (error, head) => rejectionResponse(error, head, respondDeps),
    rejectsWebPages: !identity.verifySignatures,
    onUnexpectedError: respondDeps.onUnexpectedError,
  }
}

/**
 * Listens for requests of tasks and returns the URL. The URL is in the environment of containers, so a restarted engine
 * listens on the same port if it can.
 * @param taskListeners receives the listener
 */
export async function listenForTasks(
  host: string,
  {
    taskListeners,
    engineFacts,
    signedRequestsDeps,
  }: { taskListeners: Listener[]; engineFacts: Table<string>; signedRequestsDeps: SignedRequestsDeps },
): Promise<string> {
  const portKey = `port at ${host}`
  const deps = createSignedListenerDeps(signedRequestsDeps)
  const listener = await openListener({ host, port: Number(engineFacts.get(portKey) ?? 0) }, deps).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' && engineFacts.get(portKey)) return openListener({ host, port: 0 }, deps)
      throw error
    },
  )
  taskListeners.push(listener)
  engineFacts.set(portKey, new URL(listener.url).port)
  return listener.url
}
