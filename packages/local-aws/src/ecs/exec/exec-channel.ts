/**
 * The agent's side of a session's data channel: it numbers output, keeps it until it is acknowledged and sends the oldest again; it acknowledges
 * input and passes it on in the order of its numbers. A client drops what comes before it is ready without acknowledging it, also on an intact
 * connection, so a session depends on both (aws/amazon-ssm-agent, agent/session/datachannel).
 */
import type { Clock } from '../../clock.ts'
import type { Ids } from '../../ids.ts'
import { retransmissionTimeout } from '../../protocol/retransmission-timeout.ts'
import { encodeMessage, type SessionMessage } from '../../protocol/session-message.ts'

export interface ExecChannelDeps {
  send: (message: Uint8Array) => void
  /** Handles input, in order. False where it is too early: the message is dropped, and the client sends it again. */
  onInput: (payloadType: number, payload: Uint8Array) => boolean
  /** Whether input has to wait until `takeKept` is called. */
  isBusy: () => boolean
  clock: Clock
  ids: Ids
}

export interface ExecChannel {
  receive(message: SessionMessage): void
  /** Handles kept input whose turn it is. */
  takeKept(): void
  send(payloadType: number, payload: Uint8Array): void
  /** Resolves when everything that was sent is acknowledged, or after that time. */
  acknowledged(withinMs: number): Promise<void>
  /** Resolves when the channel is not paused. */
  resumed(): Promise<void>
  close(): void
}

const LOOK_EVERY_MS = 100
/** Beyond it output is sent but not kept. */
const MAX_KEPT_OUTPUT = 100_000
/** Input that has to wait for its turn; beyond it such input is dropped. The bytes are a bound of our own. */
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
  let stopLooking: (() => void) | undefined
  const paused = gate()
  const outstanding = gate()

  function lookLater(): void {
    stopLooking ??= clock.at(clock.now() + LOOK_EVERY_MS, () => {
      stopLooking = undefined
      const [oldest] = unacknowledged.values()
      if (!oldest) return
      if (!paused.isShut && clock.now() - oldest.at > timeout.ms) {
        oldest.at = clock.now()
        send(oldest.message)
      }
      lookLater()
    })
  }

  function takeAcknowledgement({ payload }: SessionMessage): void {
    const sequence = acknowledgedNumber(payload)
    const sent = unacknowledged.get(sequence)
    if (!sent) return
    timeout.measured(clock.now() - sent.at)
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

  function takeInput(message: SessionMessage): void {
    const { sequence, payloadType, payload } = message
    if (sequence > expected || (sequence === expected && isBusy())) {
      keep(message)
      return
    }
    if (sequence === expected) {
      if (!onInput(payloadType, payload)) return
      expected++
    }
    // The client has not seen the acknowledgement of a message that it sends again.
    acknowledge(message)
    takeKept()
  }

  function takeKept(): void {
    for (
      let kept = early.get(expected);
      kept && !isBusy() && onInput(kept.payloadType, kept.payload);
      kept = early.get(expected)
    ) {
      early.delete(expected++)
      earlyBytes -= kept.payload.byteLength
    }
  }

  function keep(message: SessionMessage): void {
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
          takeAcknowledgement(message)
          break
        case 'input_stream_data':
          paused.open()
          takeInput(message)
      }
    },

    takeKept,

    send(payloadType, payload) {
      const sequence = next++
      const flags = sequence === 0 ? SYN : 0
      const message = encodeMessage(
        { type: 'output_stream_data', sequence, flags, id: ids.uuid(), payloadType, payload },
        clock.now(),
      )
      if (unacknowledged.size < MAX_KEPT_OUTPUT) {
        unacknowledged.set(sequence, { message, at: clock.now() })
        outstanding.shut()
        lookLater()
      }
      if (!paused.isShut) send(message)
    },

    async acknowledged(withinMs) {
      const { promise: late, resolve } = Promise.withResolvers<void>()
      const callOff = clock.at(clock.now() + withinMs, resolve)
      await Promise.race([outstanding.passable(), late])
      callOff()
    },

    resumed: paused.passable,

    close() {
      stopLooking?.()
      unacknowledged.clear()
      early.clear()
      outstanding.open()
      paused.open()
    },
  }
}

/** -1, which no message has, for a payload without a number. */
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

/** Open at first; `passable` resolves when it is open. */
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
