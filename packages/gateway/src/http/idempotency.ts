/**
 * `Idempotency-Key`: within 24 hours, the same request with the same key gets the first response again, also from other
 * processes and after a crash. The store has a keyed hash of the request. When the first attempt ended without a known
 * outcome, the next request is a new attempt, and its handler gets the time of the first.
 */
import { hash } from 'node:crypto'
import { BadRequest, Conflict, type Problem, TooManyRequests } from '../problems/problem.ts'
import {
  addIdempotencyKey,
  type CallerKey,
  findIdempotencyKey,
  type IdempotencyRow,
  recordUnknownOutcome,
  removeIdempotencyKey,
  removeKeysBefore,
  removeOldKey,
  storeResponse,
  takeOverKey,
} from '../store/idempotency-records.ts'
import type { Store } from '../store/store.ts'
import { isStoreUnavailable } from '../store/unavailable.ts'
import { StoredBytes } from './stored-bytes.ts'

const changingMethods = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])
const storeForMs = 24 * 3_600_000
const removalIntervalMs = 600_000
const maxUnwritten = 1_000

/** The key of the request, or undefined. @throws BadRequest `InvalidHeader` */
export function readIdempotencyKey(header: string | string[] | undefined, method: string): string | undefined {
  if (header === undefined || !changingMethods.has(method)) return undefined
  if (typeof header !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(header)) {
    const message = 'must be 1 to 255 visible ASCII characters, given once'
    throw new BadRequest('InvalidHeader', `Idempotency-Key ${message}.`, {
      errors: [{ in: 'header', name: 'Idempotency-Key', message }],
    })
  }
  return header
}

/** ECS's `clientToken` for an AWS call of a request: 32 hexadecimal characters. CreateService accepts at most 36. */
export function clientTokenOf(caller: string, path: string, key: string, call: number): string {
  return hash('sha256', JSON.stringify([caller, path, key, call]), 'hex').slice(0, 32)
}

export interface StoredResponse {
  status: number
  headers: Readonly<Record<string, string>>
  /** The body that was sent, without secrets. */
  body: string
}

/** An attempt under a key. The caller must report every outcome. */
export interface Attempt {
  /** When the first attempt began, if it ended without a response; else undefined. */
  firstTryAt: Date | undefined
  /** Stores the response: every request with this key gets it from now on. Never throws, nor does `recordFailure`. */
  storeResponse: (answer: StoredResponse) => Promise<void>
  /**
   * Records that there is no response to store.
   * @param mayHaveTakenEffect whether the attempt may have changed something
   */
  recordFailure: (mayHaveTakenEffect: boolean) => Promise<void>
}

export interface IdempotencyDeps {
  store: Store
  isAlive: (process: string) => Promise<boolean>
  /** The stored responses of one caller may have this size. */
  keptMiB: number
  now: () => number
  onUnexpectedError: (error: unknown) => void
}

export class IdempotencyKeys {
  readonly #deps: IdempotencyDeps
  readonly #storedBytes: StoredBytes
  /**
   * Keys with an attempt in progress in this process. For every other key of this process in the store, the outcome of
   * the attempt could not be stored.
   */
  readonly #keysInProgress = new Set<string>()
  /** Outcomes that could not be stored. They are written when the store responds again, before their key is read. */
  readonly #unwritten = new Map<string, () => Promise<void>>()
  #removedOldKeysAt = 0

  constructor(deps: IdempotencyDeps) {
    this.#deps = deps
    this.#storedBytes = new StoredBytes(deps.store, deps.keptMiB * 1_048_576)
  }

  /**
   * Begins an attempt, unless the first response is stored.
   * @param request the whole request: method, path, query, body
   * @returns the stored response, or an attempt that the caller must carry out
   * @throws Conflict `IdempotencyConflict`, `RequestInProgress`; TooManyRequests `TokenLimitExceeded`; Unavailable
   *   `StoreUnavailable`: nothing has been tried
   */
  async begin(callerKey: CallerKey, request: string): Promise<StoredResponse | Attempt> {
    this.#removeOldKeys()
    const id = idOf(callerKey)
    if (this.#keysInProgress.has(id)) return this.#tryOrFindResponse(callerKey, request, { mayTry: false })
    this.#keysInProgress.add(id)
    let begun: StoredResponse | Attempt | undefined
    try {
      await this.#writeOutcome(id)
      begun = await this.#tryOrFindResponse(callerKey, request, { mayTry: true })
      for (const other of this.#unwritten.keys()) if (!this.#keysInProgress.has(other)) this.#writeInBackground(other)
      return begun
    } finally {
      if (!begun || !('storeResponse' in begun)) this.#keysInProgress.delete(id)
    }
  }

  /** @param mayTry false while another request of this process has an attempt in progress under the key */
  async #tryOrFindResponse(
    callerKey: CallerKey,
    request: string,
    { mayTry }: { mayTry: boolean },
  ): Promise<StoredResponse | Attempt> {
    const { store, now, isAlive } = this.#deps
    const row = {
      ...callerKey,
      request_hash: store.keyedHash(request),
      owner: store.processId,
      begun_at: new Date(now()).toISOString(),
    }
    const hasRoom = await this.#storedBytes.hasRoom(callerKey.caller)
    if (mayTry && hasRoom && (await addIdempotencyKey(store, row))) return this.#attempt(callerKey, undefined)
    const known = await findIdempotencyKey(store, callerKey)
    if (!known && !hasRoom) throw this.#storageLimitProblem()
    if (mayTry && (!known || Date.parse(known.begun_at) < now() - storeForMs)) {
      // The key expired and was removed between the two reads.
      if (known) await removeOldKey(store, known)
      return this.#tryOrFindResponse(callerKey, request, { mayTry: true })
    }
    if (known && known.request_hash !== row.request_hash) {
      throw new Conflict(
        'IdempotencyConflict',
        'An earlier request with this Idempotency-Key was a different request.',
        {
          next: 'Take a new key for a new request.',
        },
      )
    }
    const answer = known && this.#responseIn(known)
    if (answer) return answer
    if (known && mayTry) {
      const hasEnded = known.is_open === 1 || known.owner === store.processId || !(await isAlive(known.owner))
      if (hasEnded && (await takeOverKey(store, known, store.processId)))
        return this.#attempt(callerKey, new Date(known.begun_at))
    }
    throw new Conflict('RequestInProgress', 'The first request with this Idempotency-Key is not finished.', {
      next: 'Repeat the request unchanged after a moment.',
      retryAfterSeconds: 1,
    })
  }

  #attempt(callerKey: CallerKey, firstTryAt: Date | undefined): Attempt {
    const { store } = this.#deps
    return {
      firstTryAt,
      storeResponse: ({ status, headers, body }) => {
        // The response may show secrets, such as a definition's environment.
        const encrypted = body === '' ? body : store.cipher.encrypt(Buffer.from(body))
        this.#storedBytes.add(callerKey.caller, encrypted.length)
        return this.#recordOutcome(callerKey, () =>
          storeResponse(store, callerKey, { status, headers: JSON.stringify(headers), body: encrypted }),
        )
      },
      recordFailure: (mayHaveTakenEffect) =>
        this.#recordOutcome(callerKey, () =>
          mayHaveTakenEffect || firstTryAt
            ? recordUnknownOutcome(store, callerKey)
            : removeIdempotencyKey(store, callerKey),
        ),
    }
  }

  #storageLimitProblem(): TooManyRequests {
    const { keptMiB } = this.#deps
    return new TooManyRequests(
      'TokenLimitExceeded',
      `The stored responses for a token’s Idempotency-Keys may have ${keptMiB} MiB, and this token’s have reached that.`,
      {
        next: 'Repeat the request without a key, or wait: each response is stored for 24 hours.',
        retryAfterSeconds: 3600,
      },
    )
  }

  #responseIn({ status, headers, body }: IdempotencyRow): StoredResponse | undefined {
    if (status === null) return undefined
    return { status, headers: headers === null ? {} : JSON.parse(headers), body: this.#decrypted(body ?? '') }
  }

  #decrypted(body: string): string {
    const isPlainText = body === '' || body.startsWith('{')
    // The request's hash matched, so the response was encrypted with the same key.
    return isPlainText ? body : String(this.#deps.store.cipher.decrypt(body) ?? '')
  }

  /** Never throws: the client gets the response of its attempt, also when the outcome cannot be stored. */
  async #recordOutcome(callerKey: CallerKey, write: () => Promise<void>): Promise<void> {
    const id = idOf(callerKey)
    try {
      await write()
    } catch (error) {
      this.#deps.onUnexpectedError(error)
      if (isStoreUnavailable(error) && this.#unwritten.size < maxUnwritten) this.#unwritten.set(id, write)
    } finally {
      this.#keysInProgress.delete(id)
    }
  }

  /** Until the write ends, requests with the key get `RequestInProgress`. A later request with any key retries it. */
  #writeInBackground(id: string): void {
    this.#keysInProgress.add(id)
    this.#writeOutcome(id)
      .catch(() => {})
      .finally(() => this.#keysInProgress.delete(id))
  }

  async #writeOutcome(id: string): Promise<void> {
    const write = this.#unwritten.get(id)
    await write?.()
    this.#unwritten.delete(id)
  }

  #removeOldKeys(): void {
    const { store, now, onUnexpectedError } = this.#deps
    if (now() - this.#removedOldKeysAt < removalIntervalMs) return
    this.#removedOldKeysAt = now()
    removeKeysBefore(store, new Date(now() - storeForMs).toISOString()).catch(onUnexpectedError)
  }
}

function idOf({ caller, key }: CallerKey): string {
  return JSON.stringify([caller, key])
}

/** Whether a problem is final: repeating the same request cannot help the client. */
export function isFinalProblem({ status }: Problem): boolean {
  return status < 500 && ![401, 403, 408, 429, 499].includes(status)
}

/** Whether the problem of a repeated attempt may mean that the first attempt took effect. */
export function suggestsEarlierSuccess({ status }: Problem): boolean {
  return [404, 409, 412].includes(status)
}

/** The problem of a repeated request whose work is done once for each key and whose response is not stored. */
export function alreadyRunProblem(): Conflict {
  return new Conflict(
    'OutcomeUnknown',
    'A request with this Idempotency-Key has run before. Its output is not stored.',
    {
      next: 'Take a new key to run it again.',
    },
  )
}

export function outcomeUnknownProblem(problem: Problem): Conflict {
  return new Conflict(
    'OutcomeUnknown',
    `The first request with this Idempotency-Key ended without a response, and repeating it returned: ${problem.detail}`,
    {
      next: 'GET the resource to see whether the first request took effect. Take a new key for another change.',
      cause: problem,
    },
  )
}
