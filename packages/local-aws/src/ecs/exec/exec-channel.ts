/**
 * The agent's side of a session's data channel (aws/amazon-ssm-agent, agent/session/datachannel).
 *
 * Output messages are numbered and kept until the client acknowledges them; the oldest is sent again when it times out.
 * Input messages are acknowledged and passed on in the order of their numbers. Retransmission is needed even on an
 * intact connection: a client that is not ready drops messages without acknowledging them.
 */
import type { Clock } from '../../clock.ts'
import type { Ids } from '../../ids.ts'
import { createRetransmissionTimeout } from '../../protocol/retransmission-timeout.ts'
import { encodeMessage, type SessionMessage } from '../../protocol/session-message.ts'

export interface ExecChannelDeps {
  send: (message: Uint8Array) => void
  /**
   * Handles the next input. Returns false when it cannot be handled yet: the message is then dropped, and the client
   * sends it again.
   */
  onInput: (payloadType: number, payload: Uint8Array) => boolean
  /** Whether the command accepts no input at the moment. Input is then kept until `drainInput` is called. */
  isBusy: () => boolean
  clock: Clock
  ids: Ids
}

export interface ExecChannel {
  receive(message: SessionMessage): void
  /** Handles the kept input messages that are next in order. */
  drainInput(): void
  send(payloadType: number, payload: Uint8Array): void
  /** Resolves when the client has acknowledged every sent message, or after `withinMs`. */
  waitForAcknowledgements(withinMs: number): Promise<void>
  /** Resolves once the channel is not paused by the client. */
  waitWhilePaused(): Promise<void>
  close(): void
}

const CHECK_EVERY_MS = 100
/** Output messages beyond this number are sent but not kept for a retransmission. */
const MAX_UNACKNOWLEDGED = 100_000
/**
 * Limits of the input that is kept because earlier input is missing. Further input is dropped. AWS's agent has no limit
 * in bytes.
 */
const MAX_KEPT_INPUT = { messages: 100_000, bytes: 16_777_216 }

/** Flag of the first message of a sequence. */
const SYN = 1
/** Flags of a message that is the first and the last of its sequence. */
const SYN_FIN = 3

interface SentMessage {
  message: Uint8Array
  /** Milliseconds since 1970. */
  sentAt: number
}

export function createExecChannel({ send, onInput, isBusy, clock, ids }: ExecChannelDeps): ExecChannel {
  const retransmission = createRetransmissionTimeout()
  /** By number, the oldest first. */
  const unacknowledged = new Map<number, SentMessage>()
  const earlyInput = new Map<number, SessionMessage>()
  let earlyBytes = 0
  let nextOutput = 0
  let nextInput = 0
  let cancelRetransmission: (() => void) | undefined
  const sendingGate = createGate()
  const allAcknowledgedGate = createGate()

  function scheduleRetransmission(): void {
    cancelRetransmission ??= clock.at(clock.now() + CHECK_EVERY_MS, () => {
      cancelRetransmission = undefined
      const [oldest] = unacknowledged.values()
      if (!oldest) return
      if (!sendingGate.isShut && clock.now() - oldest.sentAt > retransmission.ms) {
        oldest.sentAt = clock.now()
        send(oldest.message)
      }
      scheduleRetransmission()
    })
  }

  function handleAcknowledgement({ payload }: SessionMessage): void {
    const sequence = acknowledgedNumber(payload)
    const sent = unacknowledged.get(sequence)
    if (!sent) return
    retransmission.addRoundTrip(clock.now() - sent.sentAt)
    unacknowledged.delete(sequence)
    if (unacknowledged.size === 0) allAcknowledgedGate.open()
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
    if (sequence > nextInput || (sequence === nextInput && isBusy())) {
      keepInput(message)
      return
    }
    if (sequence === nextInput) {
      if (!onInput(payloadType, payload)) return
      nextInput++
    }
    // The client sends a message again when it has not received the acknowledgement.
    acknowledge(message)
    drainInput()
  }

  function drainInput(): void {
    for (
      let message = earlyInput.get(nextInput);
      message && !isBusy() && onInput(message.payloadType, message.payload);
      message = earlyInput.get(nextInput)
    ) {
      earlyInput.delete(nextInput++)
      earlyBytes -= message.payload.byteLength
    }
  }

  function keepInput(message: SessionMessage): void {
    if (!earlyInput.has(message.sequence)) {
      const bytes = earlyBytes + message.payload.byteLength
      if (earlyInput.size >= MAX_KEPT_INPUT.messages || bytes > MAX_KEPT_INPUT.bytes) return
      earlyInput.set(message.sequence, message)
      earlyBytes = bytes
    }
    acknowledge(message)
  }

  return {
    receive(message) {
      switch (message.type) {
        case 'pause_publication':
          sendingGate.shut()
          break
        case 'start_publication':
          sendingGate.open()
          break
        case 'acknowledge':
          sendingGate.open()
          handleAcknowledgement(message)
          break
        case 'input_stream_data':
          sendingGate.open()
          handleInput(message)
      }
    },

    drainInput,

    send(payloadType, payload) {
      const sequence = nextOutput++
      const flags = sequence === 0 ? SYN : 0
      const message = encodeMessage(
        { type: 'output_stream_data', sequence, flags, id: ids.uuid(), payloadType, payload },
        clock.now(),
      )
      if (unacknowledged.size < MAX_UNACKNOWLEDGED) {
        unacknowledged.set(sequence, { message, sentAt: clock.now() })
        allAcknowledgedGate.shut()
        scheduleRetransmission()
      }
      if (!sendingGate.isShut) send(message)
    },

    async waitForAcknowledgements(withinMs) {
      const { promise: timeout, resolve } = Promise.withResolvers<void>()
      const cancel = clock.at(clock.now() + withinMs, resolve)
      await Promise.race([allAcknowledgedGate.whenOpen(), timeout])
      cancel()
    },

    waitWhilePaused: sendingGate.whenOpen,

    close() {
      cancelRetransmission?.()
      unacknowledged.clear()
      earlyInput.clear()
      allAcknowledgedGate.open()
      sendingGate.open()
    },
  }
}

/**
 * The number of the message that the payload acknowledges. A payload without a number gives -1, which no message has.
 */
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

/** A gate that is open at first. The promise of `whenOpen` resolves once the gate is open. */
function createGate() {
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
    whenOpen: async () => closed?.promise,
  }
}
