/**
 * Sends the message that ends a Systems Manager session. Without that message the Session Manager plugin waits forever.
 */
import type { WebSocket } from 'ws'
import type { Clock } from '../../clock.ts'
import type { Ids } from '../../ids.ts'
import { encodeMessage } from '../../protocol/session-message.ts'

/** How long the client may take for the WebSocket's closing handshake. The plugin makes none. */
const CLOSING_HANDSHAKE_MS = 2_000

/**
 * Ends a session and its WebSocket.
 * @param output the reason, which the plugin prints; empty when the session ends without an error
 * @param code the WebSocket's status code
 */
export function closeChannel(
  socket: WebSocket,
  { sessionId, output, code = 1000 }: { sessionId: string; output: string; code?: number },
  { clock, ids }: { clock: Clock; ids: Ids },
): void {
  const closed = {
    MessageId: ids.uuid(),
    CreatedDate: new Date(clock.now()).toISOString(),
    DestinationId: sessionId,
    SessionId: sessionId,
    MessageType: 'channel_closed',
    SchemaVersion: 1,
    Output: output,
  }
  const payload = Buffer.from(JSON.stringify(closed))
  socket.send(
    encodeMessage(
      { type: 'channel_closed', sequence: 0, flags: 0, id: closed.MessageId, payloadType: 0, payload },
      clock.now(),
    ),
  )
  socket.close(code)
  const timeout = setTimeout(() => socket.terminate(), CLOSING_HANDSHAKE_MS)
  timeout.unref()
  socket.once('close', () => clearTimeout(timeout))
}
