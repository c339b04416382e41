/**
 * The agent's side of a session's data channel (aws/amazon-ssm-agent, agent/session/datachannel).
 *
 * Output messages are numbered and kept until the client acknowledges them; the oldest is sent again when it times out.
 * Input messages are acknowledged and passed on in the order of their numbers. Both are needed even on an intact
 * connection: a client that is not ready drops messages without acknowledging them.
 */
import type { Clock } from '../../clock.ts'
import type { Ids } from '../../ids.ts'
import { retransmissionTimeout } from '../../protocol/retransmission-timeout.ts'
import { encodeMessage, type SessionMessage } from '../../protocol/session-message.ts'

export interface ExecChannelDeps {
  send: (message: Uint8Array) => void
  /**
   * Handles input, in order. Returns false when it is too early: the message is dropped, and the client sends it again.
   */
  onInput: (payloadType: number, payload: Uint8Array) => boolean
  /** Whether input must be kept until `drainInput` is called. */
  isBusy: () => boolean
  clock: Clock
  ids: Ids
}

export interface ExecChannel {
  receive(message: SessionMessage): void
  /** Handles the kept input messages that are next in order. */
  drainInput(): void
  send(payloadType: number, payload: Uint8Array): void
  /** Resolves when every sent message is acknowledged, or after `withinMs`. */
  acknowledged(withinMs: number): Promise<void>
  /** Resolves when the client has not paused the channel. */
  resumed(): Promise<void>
  close(): void
}

const CHECK_EVERY_MS = 100
/** Messages. Output beyond this number is sent but not kept for a retransmission. */
const MAX_UNACKNOWLEDGED = 100_000
/** Input that is kept until its turn; input beyond it is dropped. The limit in bytes is our own. */
const MAX_KEPT_INPUT = { messages: 100_000, bytes: 16_777_216 }

const SYN = 1
const SYN_FIN = 3

interface Sent {
  message: Uint8Array
  /** Milliseconds since 1970. */
  at: number
}

export function execChannel({ send, onInput, isBusy, clock, ids }: ExecChannelDeps): ExecChannel {
  const timeout = retransmissionTimeout()
  /** By number, the oldest first. */
  const unacknowledged = new Map<number, Sent>()
  const early = new Map<number, SessionMessage>()
  let earlyBytes = 0
  let next = 0
  let expected = 0
  let cancelCheck: (() => void) | undefined
  const paused = gate()
  const outstanding = gate()

  function checkLater(): void {
    cancelCheck ??= clock.at(clock.now() + CHECK_EVERY_MS, () => {
      cancelCheck = undefined
      const [oldest] = unacknowledged.values()
      if (!oldest) return
      if (!paused.isShut && clock.now() - oldest.at > timeout.ms) {
        oldest.at = clock.now()
        send(oldest.message)
      }
      checkLater()
    })
  }

  function handleAcknowledgement({ payload }: SessionMessage): void {
    const sequence = acknowledgedNumber(payload)
    const sent = unacknowledged.get(sequence)
    if (!sent) return
    timeout.addRoundTrip(clock.now() - sent.at)
    unacknowledged.delete(sequence)
    if (unacknowledged.size === 0) outstanding.open()
  }

  function acknowledge({ type, id, sequence }: SessionMessage): void {
    const payload = {
      AcknowledgedMessageType: type,
      AcknowledgedMessageId: id,
      AcknowledgedMessageSequenceNumber: sequence,
      IsSequentialMessage: true,
    }
    const message = { type: 'acknowledge', sequence: 0, flags: SYN_FIN, id: ids.uuid(), payloadType: 0 } as const
    send(encodeMessage({ ...message, payload: Buffer.from(JSON.stringify(payload)) }, clock.now()))
  }

  function handleInput(message: SessionMessage): void {
    const { sequence, payloadType, payload } = message
    if (sequence > expected || (sequence === expected && isBusy())) {
      keepInput(message)
      return
    }
    if (sequence === expected) {
      if (!onInput(payloadType, payload)) return
      expected++
    }
    // The client sends a message again when it has not received the acknowledgement.
    acknowledge(message)
    drainInput()
  }

  function drainInput(): void {
    for (
      let message = early.get(expected);
      message && !isBusy() && onInput(message.payloadType, message.payload);
      message = early.get(expected)
    ) {
      early.delete(expected++)
      earlyBytes -= message.payload.byteLength
    }
  }

  function keepInput(message: SessionMessage): void {
    if (!early.has(message.sequence)) {
      const bytes = earlyBytes + message.payload.byteLength
      if (early.size >= MAX_KEPT_INPUT.messages || bytes > MAX_KEPT_INPUT.bytes) return
      early.set(message.sequence, message)
      earlyBytes = bytes
    }
    acknowledge(message)
  }

  return {
    receive(message) {
      switch (message.type) {
        case 'pause_publication':
          paused.shut()
          break
        case 'start_publication':
          paused.open()
          break
        case 'acknowledge':
          paused.open()
          handleAcknowledgement(message)
          break
        case 'input_stream_data':
          paused.open()
          handleInput(message)
      }
    },

    drainInput,

    send(payloadType, payload) {
      const sequence = next++
      const flags = sequence === 0 ? SYN : 0
      const message = encodeMessage(
        { type: 'output_stream_data', sequence, flags, id: ids.uuid(), payloadType, payload },
        clock.now(),
      )
      if (unacknowledged.size < MAX_UNACKNOWLEDGED) {
        unacknowledged.set(sequence, { message, at: clock.now() })
        outstanding.shut()
        checkLater()
      }
      if (!paused.isShut) send(message)
    },

    async acknowledged(withinMs) {
      const { promise: timeout, resolve } = Promise.withResolvers<void>()
      const cancel = clock.at(clock.now() + withinMs, resolve)
      await Promise.race([outstanding.passable(), timeout])
      cancel()
    },

    resumed: paused.passable,

    close() {
      cancelCheck?.()
      unacknowledged.clear()
      early.clear()
      outstanding.open()
      paused.open()
    },
  }
}

/** -1, a number that no message has, for a payload without a number. */
function acknowledgedNumber(payload: Uint8Array): number {
  try {
    const { AcknowledgedMessageSequenceNumber: number } = JSON.parse(Buffer.from(payload).toString()) as Record<
      string,
      unknown
    >
    return typeof number === 'number' ? number : -1
  } catch {
    return -1
  }
}

/** A gate that is open at first. `passable` resolves when it is open. */
function gate() {
  let closed: PromiseWithResolvers<void> | undefined
  return {
    get isShut() {
      return closed !== undefined
    },
    shut() {
      closed ??= Promise.withResolvers()
    },
    open() {
      closed?.resolve()
      closed = undefined
    },
    passable: async () => closed?.promise,
  }
}
