/** A hostile connection: plays its steps and ends within a bounded time, whatever the server does. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { Step } from './raw-attacks.ts'

/** The status of the first response, or how the connection ended without one. */
export type Outcome = `${number}` | 'no response' | 'not HTTP' | 'refused'

/** The longest wait for a response. It is short, because each attack without a response takes all of it. */
const maxResponseMs = 150

/**
 * Sends the bytes of the steps and keeps the connection open. Ignores steps that would end the connection.
 * @returns a function that closes the connection
 */
export async function holdConnection(port: number, steps: readonly Step[]): Promise<() => void> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  await Promise.race([once(socket, 'connect'), once(socket, 'close')])
  for (const step of steps) if (typeof step === 'object' && 'send' in step) socket.write(step.send)
  return () => socket.destroy()
}

/** Plays the steps on a new connection, and then ends the connection as `ending` says. */
export async function playSteps(port: number, steps: readonly Step[], ending: 'reset' | 'end'): Promise<Outcome> {
  const socket = connect(port, '127.0.0.1')
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  const gotData = new Promise<void>((resolve) => socket.once('data', () => resolve()))
  let isConnected = false
  let isRefused = false
  let firstBytes = ''
  socket.once('connect', () => {
    isConnected = true
  })
  socket.on('error', () => {
    isRefused ||= !isConnected
  })
  socket.on('data', (bytes) => {
    if (firstBytes.length < 12) firstBytes += bytes.toString('latin1', 0, 12)
  })
  const awaitResponse = () => Promise.race([gotData, closed, pause(maxResponseMs, undefined, { ref: false })])
  for (const step of steps) {
    if (socket.destroyed) break
    if (step === 'reset') socket.resetAndDestroy()
    else if (step === 'end') socket.end()
    else if (step === 'answer') await awaitResponse()
    else if ('send' in step) socket.write(step.send)
    else await pause(step.pauseMs)
  }
  await awaitResponse()
  // Node cannot reset a connection that it has ended itself, and would never emit `close`.
  if (ending === 'reset' && !socket.writableEnded) socket.resetAndDestroy()
  else socket.destroySoon()
  await Promise.race([closed, pause(maxResponseMs, undefined, { ref: false })])
  socket.destroy()
  await closed
  if (isRefused) return 'refused'
  if (firstBytes === '') return 'no response'
  return (/^HTTP\/1\.1 (\d{3})/.exec(firstBytes)?.[1] as Outcome | undefined) ?? 'not HTTP'
}
