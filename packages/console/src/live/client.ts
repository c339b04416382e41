/** The client of the gateway that serves this page, in this browser's session. */
import { createClient, type Transport } from '@ecs-api/client'
import { compareClocks, gatewayNow } from './clock.ts'
import { heardResponse } from './heard.ts'
import { csrfToken, onSessionEnded, session } from './session.ts'

interface ConnectionState {
  /**
   * When the first request since the last response failed without a response (milliseconds since 1970); undefined while
   * requests are answered.
   */
  lostAt: number | undefined
}

let connection: ConnectionState = { lostAt: undefined }
const listeners = new Set<() => void>()

export const connectionState = {
  get: () => connection,
  subscribe: (listener: () => void) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  },
}

function setLostAt(lostAt: number | undefined): void {
  if (connection.lostAt === lostAt || (lostAt !== undefined && connection.lostAt !== undefined)) return
  connection = { lostAt }
  for (const listener of listeners) listener()
}

const transport: Transport = async (url, request) => {
  // A poll with an ended session counts as a failed sign-in, and the gateway allows each address only some of them.
  if (session.get().kind === 'signed-out') throw new Error('signed out')
  let response: Response
  try {
    response = await fetch(url, request as RequestInit)
  } catch (error) {
    if (!request.signal?.aborted) setLostAt(gatewayNow())
    throw error
  }
  setLostAt(undefined)
  compareClocks(response)
  if (response.status === 401) onSessionEnded()
  return heardResponse(response, () => onStreamPart(url))
}

const partListeners = new Set<(path: string) => void>()

function onStreamPart(url: string | URL): void {
  for (const listener of partListeners) listener(new URL(url).pathname)
}

/** Calls the listener with the path of a stream whenever a part of it arrives. */
export function subscribeToParts(listener: (path: string) => void): () => void {
  partListeners.add(listener)
  return () => void partListeners.delete(listener)
}

export const client = createClient({
  url: location.origin,
  csrfToken,
  fetch: transport,
  cache: 500,
  // The pages show a lost connection, and ask again themselves.
  retries: { tries: 2, withinSeconds: 5 },
})

export const accountClient = (account: string) => client.account(account)
