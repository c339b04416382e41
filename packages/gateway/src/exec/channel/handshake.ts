/**
 * The handshake at the start of a session, and the encryption that both sides agree on. The agent begins a handshake
 * only when the cluster has a KMS key (aws/session-manager-plugin, src/datachannel; aws/amazon-ssm-agent,
 * agent/session/datachannel).
 *
 * The agent requests actions of the client. For `KMSEncryption` the client has KMS generate a data key and sends its
 * ciphertext, which the agent has KMS decrypt. A challenge proves that both have the same key.
 */
import { jsonBytes, parseObject } from './json-payloads.ts'
import { createPayloadCipher, dataKeyBytes, overheadBytes, type PayloadCipher } from './payload-cipher.ts'

/** The key and the encryption context for which KMS must generate a data key. */
export interface KeyRequest {
  keyId: string
  /** A random value of the agent, for KMS's encryption context; undefined when the agent sends none. */
  challenge: string | undefined
}

/** Thrown when the agent sends a payload without the session's key, although it requested the key. */
export class NotEncrypted extends Error {
  constructor() {
    super('A message of the session is not encrypted with the key of the session.')
  }
}

/** The version of the plugin whose behaviour this code copies. */
const clientVersion = '1.2.677.0'
const status = { success: 1, failed: 2, unsupported: 3 } as const

interface RequestedAction {
  ActionType?: unknown
  ActionParameters?: { KMSKeyId?: unknown; Challenge?: unknown } | null
}

interface ProcessedAction {
  ActionType: unknown
  ActionStatus: number
  ActionResult: object | null
  Error: string
}

export class Handshake {
  #actions: RequestedAction[] = []
  #keyRequest: KeyRequest | undefined
  #cipher: PayloadCipher | undefined

  /** Reads the agent's request. Returns the request for a KMS data key; undefined for a session without encryption. */
  begin(payload: Uint8Array): KeyRequest | undefined {
    const { RequestedClientActions: requested } = parseObject(payload)
    this.#actions = Array.isArray(requested) ? requested : []
    const parameters = this.#actions.find(({ ActionType }) => ActionType === 'KMSEncryption')?.ActionParameters
    if (!parameters) return undefined
    const { KMSKeyId: keyId, Challenge: challenge } = parameters
    this.#keyRequest = {
      keyId: String(keyId),
      challenge: typeof challenge === 'string' && challenge !== '' ? challenge : undefined,
    }
    return this.#keyRequest
  }

  /** Returns the response to a request without a KMS key. */
  responseWithoutEncryption(): Buffer {
    return this.#responseOf(null, 'The request names no KMS key.')
  }

  /** Returns the response with the data key of KMS. */
  responseWithKey({ plaintext, ciphertext }: { plaintext: Uint8Array; ciphertext: Uint8Array }): Buffer {
    if (plaintext.byteLength !== dataKeyBytes) return this.responseWithFailure('KMS returned a key of another length.')
    this.#cipher = createPayloadCipher(plaintext)
    const result = {
      KMSCipherTextKey: Buffer.from(ciphertext).toString('base64'),
      ...(this.#keyRequest?.challenge !== undefined && { ChallengeAcknowledgement: true }),
    }
    return this.#responseOf(result, '')
  }

  /** Returns the response when KMS did not generate a key. The agent then ends the session. */
  responseWithFailure(failure: string): Buffer {
    return this.#responseOf(null, failure)
  }

  #responseOf(encryption: object | null, failure: string): Buffer {
    const processed = this.#actions.map(({ ActionType }): ProcessedAction => {
      if (ActionType === 'SessionType')
        return { ActionType, ActionStatus: status.success, ActionResult: null, Error: '' }
      if (ActionType !== 'KMSEncryption')
        return { ActionType, ActionStatus: status.unsupported, ActionResult: null, Error: 'Unsupported action' }
      return encryption
        ? { ActionType, ActionStatus: status.success, ActionResult: encryption, Error: '' }
        : { ActionType, ActionStatus: status.failed, ActionResult: null, Error: failure }
    })
    const errors = processed.flatMap(({ Error: failed }) => (failed ? [failed] : []))
    return jsonBytes({
      ClientVersion: clientVersion,
      ProcessedClientActions: processed,
      Errors: errors.length > 0 ? errors : null,
    })
  }

  /**
   * Returns the response to the agent's challenge: the bytes of the challenge, encrypted with the client's key.
   * @throws NotEncrypted
   */
  answerChallenge(payload: Uint8Array): Buffer {
    const { Challenge } = parseObject(payload)
    const bytes = this.decrypt(Buffer.from(String(Challenge), 'base64'))
    return jsonBytes({ Challenge: this.encrypt(bytes).toString('base64') })
  }

  /**
   * Returns the agent's text for the person at the terminal.
   * @throws NotEncrypted when the agent continues without the key that it requested
   */
  complete(payload: Uint8Array): string {
    this.#requireKey()
    const { CustomerMessage } = parseObject(payload)
    return typeof CustomerMessage === 'string' ? CustomerMessage : ''
  }

  encrypt(bytes: Uint8Array): Buffer {
    return this.#cipher ? this.#cipher.encrypt(bytes) : Buffer.from(bytes)
  }

  /** @throws NotEncrypted when the agent requested a key, and the payload is not encrypted with it */
  decrypt(payload: Uint8Array): Uint8Array {
    this.#requireKey()
    if (!this.#cipher) return payload
    try {
      return this.#cipher.decrypt(payload)
    } catch {
      throw new NotEncrypted()
    }
  }

  #requireKey(): void {
    if (this.#keyRequest && !this.#cipher) throw new NotEncrypted()
  }

  /** The length that a payload has without encryption. */
  plainLength({ byteLength }: Uint8Array): number {
    return this.#cipher ? byteLength - overheadBytes : byteLength
  }
}
