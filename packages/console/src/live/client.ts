/** The client of the gateway that serves this page. It uses the session of this browser. */
import { createClient, type Transport } from '@ecs-api/client'
import { compareClocks, gatewayNow } from './clock.ts'
import { recordResponse } from './last-received.ts'
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

/** When the last response arrived, as `performance.now()` counts. */
let lastAnsweredAt = 0

const transport: Transport = async (url, request) => {
  // A request with an ended session counts as a failed sign-in, and the gateway limits these for each address.
  if (session.get().kind === 'signed-out') throw new Error('signed out')
  const sentAt = performance.now()
  let response: Response
  try {
    response = await fetch(url, request as RequestInit)
  } catch (error) {
    // The failure of a request that is older than the last response says nothing about the connection now.
    if (!request.signal?.aborted && sentAt > lastAnsweredAt) setLostAt(gatewayNow())
    throw error
  }
  lastAnsweredAt = performance.now()
  setLostAt(undefined)
  compareClocks(response)
  if (response.status === 401) onSessionEnded()
  return recordResponse(response, () => onStreamPart(url))
}

const partListeners = new Set<(path: string) => void>()

function onStreamPart(url: string | URL): void {
  for (const listener of partListeners) listener(new URL(url).pathname)
}

/** Calls the listener with the path of a stream whenever a part of it arrives. */
export function subscribeToStreamParts(listener: (path: string) => void): () => void {
  partListeners.add(listener)
  return () => void partListeners.delete(listener)
}

export const client = createClient({
  url: location.origin,
  csrfToken,
  fetch: transport,
  cache: 500,
  // Few attempts: the pages show that the connection is lost, and send the request again themselves.
  retries: { tries: 2, withinSeconds: 5 },
})

export const accountClient = (account: string) => client.account(account)
