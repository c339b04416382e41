/**
 * The agent's side of the handshake of a session in a cluster with a KMS key (aws/amazon-ssm-agent,
 * agent/session/datachannel). Without a key, ECS Exec has no handshake.
 *
 * The agent requests a data key. The client lets KMS generate and encrypt the key, and the agent lets KMS decrypt it. A
 * challenge then proves that client and agent have the same key. The error texts are those of AWS's agent.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../../clock.ts'
import { AwsError } from '../../protocol/aws-error.ts'
import { payloadTypes } from '../../protocol/session-message.ts'
import { createExecCipher, DATA_KEY_BYTES, type ExecCipher } from './exec-cipher.ts'

/** The KMS key of a session. */
export interface SessionKey {
  /** The key's id in the cluster's configuration. */
  keyId: string
  /**
   * Lets KMS decrypt the client's data key.
   * @param challenge the handshake's random value; undefined where the client left it out of the encryption context
   * @throws AwsError
   */
  decrypt: (ciphertext: Uint8Array, challenge: string | undefined) => Uint8Array
}

export interface AgentHandshake {
  /**
   * Performs the handshake, after which all output and input is encrypted.
   * @throws HandshakeFault
   */
  perform(): Promise<ExecCipher>
  /** Handles a message of the client. Messages that do not belong to the handshake are dropped, as on AWS. */
  receive(payloadType: number, payload: Uint8Array): void
}

export interface AgentHandshakeDeps {
  key: SessionKey
  send: (payloadType: number, payload: Uint8Array) => void
  clock: Clock
  /** Aborts when the session has ended. */
  signal: AbortSignal
}

/** The handshake failed, which ends the session. The client shows the message. */
export class HandshakeFault extends Error {}

const RESPONSE_TIMEOUT_MS = 15_000
const AGENT_VERSION = '3.3.1142.0'
const SUCCESS = 1
const CHALLENGE_BYTES = 64
const RANDOM_CHALLENGE_BYTES = 16

export function openAgentHandshake({ key, send, clock, signal }: AgentHandshakeDeps): AgentHandshake {
  const response = Promise.withResolvers<Uint8Array>()
  const challengeResponse = Promise.withResolvers<Uint8Array>()

  /** @throws HandshakeFault with `timeoutText` when the message does not come in time, or the session ends before */
  async function awaitInTime(message: Promise<Uint8Array>, timeoutText: string): Promise<Record<string, unknown>> {
    const { promise: timeout, reject } = Promise.withResolvers<never>()
    const giveUp = () => reject(new HandshakeFault(timeoutText))
    const cancel = clock.at(clock.now() + RESPONSE_TIMEOUT_MS, giveUp)
    signal.addEventListener('abort', giveUp, { once: true })
    try {
      return objectIn(await Promise.race([message, timeout]))
    } finally {
      cancel()
      signal.removeEventListener('abort', giveUp)
    }
  }

  return {
    async perform() {
      const startedAt = clock.now()
      const randomChallenge = randomBytes(RANDOM_CHALLENGE_BYTES).toString('base64')
      send(payloadTypes.handshakeRequest, requestBytes(key.keyId, randomChallenge))
      const handshakeResponse = await awaitInTime(
        response.promise,
        'Handshake timed out. Please ensure that you have the latest version of the session manager plugin.',
      )
      const cipher = createExecCipher(dataKeyIn(handshakeResponse, key, randomChallenge))
      const challenge = randomBytes(CHALLENGE_BYTES)
      send(payloadTypes.challengeRequest, jsonBytes({ Challenge: cipher.encrypt(challenge).toString('base64') }))
      const { Challenge } = await awaitInTime(challengeResponse.promise, 'Timed out waiting for encryption challenge.')
      checkChallenge(cipher, Challenge, challenge)
      send(
        payloadTypes.handshakeComplete,
        jsonBytes({
          // In nanoseconds.
          HandshakeTimeToComplete: (clock.now() - startedAt) * 1_000_000,
          CustomerMessage: 'This session is encrypted using AWS KMS.',
        }),
      )
      return cipher
    },

    receive(payloadType, payload) {
      if (payloadType === payloadTypes.handshakeResponse) response.resolve(payload)
      if (payloadType === payloadTypes.challengeResponse) challengeResponse.resolve(payload)
    },
  }
}

function requestBytes(keyId: string, challenge: string): Buffer {
  return jsonBytes({
    AgentVersion: AGENT_VERSION,
    RequestedClientActions: [
      { ActionType: 'SessionType', ActionParameters: { SessionType: 'InteractiveCommands', Properties: null } },
      { ActionType: 'KMSEncryption', ActionParameters: { KMSKeyId: keyId, Challenge: challenge } },
    ],
  })
}

interface ProcessedAction {
  ActionType?: unknown
  ActionStatus?: unknown
  ActionResult?: { KMSCipherTextKey?: unknown; ChallengeAcknowledgement?: unknown } | null
  Error?: unknown
}

/** @throws HandshakeFault when an action failed on the client, or KMS does not decrypt the client's key */
function dataKeyIn(
  { ProcessedClientActions }: Record<string, unknown>,
  key: SessionKey,
  challenge: string,
): Uint8Array {
  const actions = (Array.isArray(ProcessedClientActions) ? ProcessedClientActions : []) as ProcessedAction[]
  const failed = actions.find(({ ActionStatus }) => ActionStatus !== SUCCESS)
  if (failed)
    throw new HandshakeFault(
      `${failed.ActionType} failed on client with status ${failed.ActionStatus} error: ${failed.Error}`,
    )
  const result = actions.find(({ ActionType }) => ActionType === 'KMSEncryption')?.ActionResult
  const ciphertext = Buffer.from(String(result?.KMSCipherTextKey ?? ''), 'base64')
  const dataKey = decryptDataKey(key, ciphertext, result?.ChallengeAcknowledgement === true ? challenge : undefined)
  if (dataKey.byteLength === DATA_KEY_BYTES) return dataKey
  throw new HandshakeFault(`Fetching data key failed: the key has ${dataKey.byteLength} bytes.`)
}

function decryptDataKey(key: SessionKey, ciphertext: Uint8Array, challenge: string | undefined): Uint8Array {
  try {
    return key.decrypt(ciphertext, challenge)
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    throw new HandshakeFault(
      `Fetching data key failed: Unable to retrieve data key, Error when decrypting data key ${error.code}: ${error.message}`,
    )
  }
}

/** @throws HandshakeFault when `returned` is not the encrypted challenge. The text was not recorded from AWS. */
function checkChallenge(cipher: ExecCipher, returned: unknown, challenge: Buffer): void {
  try {
    const bytes = cipher.decrypt(Buffer.from(String(returned), 'base64'))
    if (bytes.byteLength === challenge.byteLength && timingSafeEqual(bytes, challenge)) return
  } catch {
    // An answer that is encrypted with another key does not match.
  }
  throw new HandshakeFault('Encryption challenge does not match.')
}

function jsonBytes(value: object): Buffer {
  return Buffer.from(JSON.stringify(value))
}

function objectIn(payload: Uint8Array): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(payload).toString())
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
