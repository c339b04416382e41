/**
 * `Idempotency-Key`: within 24 hours, the same key with the same request gets the first response again, across
 * processes and crashes. The store has a keyed hash of the request. When a first try ended without a known outcome, the
 * next one is made and knows of the first.
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
import { KeptBytes } from './kept-bytes.ts'

const unsafe = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])
const keptMs = 24 * 3_600_000
const tidyEveryMs = 600_000
const maxUnwritten = 1_000

/** The key of the request, or undefined. @throws BadRequest `InvalidHeader` */
export function idempotencyKey(header: string | string[] | undefined, method: string): string | undefined {
  if (header === undefined || !unsafe.has(method)) return undefined
  if (typeof header !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(header)) {
    const message = 'must be 1 to 255 visible ASCII characters, given once'
    throw new BadRequest('InvalidHeader', `Idempotency-Key ${message}.`, {
      errors: [{ in: 'header', name: 'Idempotency-Key', message }],
    })
  }
  return header
}

/** 32 hexadecimal characters: CreateService takes at most 36. */
export function clientTokenOf(caller: string, path: string, key: string, call: number): string {
  return hash('sha256', JSON.stringify([caller, path, key, call]), 'hex').slice(0, 32)
}

export interface KeptAnswer {
  status: number
  headers: Readonly<Record<string, string>>
  /** The body as it was sent, without a secret that it showed. */
  body: string
}

/** A try under a key. The caller must report its outcome, whatever it is. */
export interface Try {
  /** When the first try began, where it ended without a response. */
  firstTryAt: Date | undefined
  /** Stores the response: every request with this key gets it from now on. Never throws; `failed` neither. */
  answered: (answer: KeptAnswer) => Promise<void>
  /** There is no response to store. @param mayHaveTakenEffect whether the try may have changed something */
  failed: (mayHaveTakenEffect: boolean) => Promise<void>
}

export interface IdempotencyDeps {
  store: Store
  isAlive: (process: string) => Promise<boolean>
  /** Limit of the stored responses of one caller. */
  keptMiB: number
  now: () => number
  onUnexpectedError: (error: unknown) => void
}

export class IdempotencyKeys {
  readonly #deps: IdempotencyDeps
  readonly #kept: KeptBytes
  /**
   * Keys with a try in this process. Every other key that the store has for this process belongs to a try whose outcome
   * could not be stored.
   */
  readonly #trying = new Set<string>()
  /** Outcomes that the store did not take: they are written when it responds again, before the key is read. */
  readonly #unwritten = new Map<string, () => Promise<void>>()
  #tidiedAt = 0

  constructor(deps: IdempotencyDeps) {
    this.#deps = deps
    this.#kept = new KeptBytes(deps.store, deps.keptMiB * 1_048_576)
  }

  /**
   * @param request all of it: method, path, query, body
   * @returns the stored response, or a try to make
   * @throws Conflict `IdempotencyConflict`, `RequestInProgress`; TooManyRequests `TokenLimitExceeded`; Unavailable
   *   `StoreUnavailable`: nothing has been tried
   */
  async begin(of: CallerKey, request: string): Promise<KeptAnswer | Try> {
    this.#tidy()
    const id = nameOf(of)
    if (this.#trying.has(id)) return this.#look(of, request, false)
    this.#trying.add(id)
    let begun: KeptAnswer | Try | undefined
    try {
      await this.#writeDown(id)
      begun = await this.#look(of, request, true)
      for (const other of this.#unwritten.keys()) if (!this.#trying.has(other)) this.#writeAlone(other)
      return begun
    } finally {
      if (!begun || !('answered' in begun)) this.#trying.delete(id)
    }
  }

  /** @param mayTry whether no request in this process is trying the key */
  async #look(of: CallerKey, request: string, mayTry: boolean): Promise<KeptAnswer | Try> {
    const { store, now, isAlive } = this.#deps
    const row = {
      ...of,
      request_hash: store.keyedHash(request),
      owner: store.processId,
      begun_at: new Date(now()).toISOString(),
    }
    const hasRoom = await this.#kept.hasRoom(of.caller)
    if (mayTry && hasRoom && (await addIdempotencyKey(store, row))) return this.#try(of, undefined)
    const known = await findIdempotencyKey(store, of)
    if (!known && !hasRoom) throw this.#tooMuchKept()
    if (mayTry && (!known || Date.parse(known.begun_at) < now() - keptMs)) {
      // The key expired and was removed between the two reads.
      if (known) await removeOldKey(store, known)
      return this.#look(of, request, true)
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
    const answer = known && this.#answerIn(known)
    if (answer) return answer
    if (known && mayTry) {
      const hasEnded = known.is_open === 1 || known.owner === store.processId || !(await isAlive(known.owner))
      if (hasEnded && (await takeOverKey(store, known, store.processId))) return this.#try(of, new Date(known.begun_at))
    }
    throw new Conflict('RequestInProgress', 'The first request with this Idempotency-Key is not finished.', {
      next: 'Repeat the request unchanged after a moment.',
      retryAfterSeconds: 1,
    })
  }

  #try(of: CallerKey, firstTryAt: Date | undefined): Try {
    const { store } = this.#deps
    return {
      firstTryAt,
      answered: ({ status, headers, body }) => {
        // The response may show secrets, such as a definition's environment.
        const sealed = body === '' ? body : store.seal.encrypt(Buffer.from(body))
        this.#kept.add(of.caller, sealed.length)
        return this.#over(of, () =>
          storeResponse(store, of, { status, headers: JSON.stringify(headers), body: sealed }),
        )
      },
      failed: (mayHaveTakenEffect) =>
        this.#over(of, () =>
          mayHaveTakenEffect || firstTryAt ? recordUnknownOutcome(store, of) : removeIdempotencyKey(store, of),
        ),
    }
  }

  #tooMuchKept(): TooManyRequests {
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

  #answerIn({ status, headers, body }: IdempotencyRow): KeptAnswer | undefined {
    if (status === null) return undefined
    return { status, headers: headers === null ? {} : JSON.parse(headers), body: this.#opened(body ?? '') }
  }

  #opened(body: string): string {
    const isAsItWas = body === '' || body.startsWith('{')
    // The request's hash matched, so the response was encrypted with the same key.
    return isAsItWas ? body : String(this.#deps.store.seal.decrypt(body) ?? '')
  }

  /** The client gets the response of its try, also when the outcome cannot be stored now. */
  async #over(of: CallerKey, write: () => Promise<void>): Promise<void> {
    const id = nameOf(of)
    try {
      await write()
    } catch (error) {
      this.#deps.onUnexpectedError(error)
      if (isStoreUnavailable(error) && this.#unwritten.size < maxUnwritten) this.#unwritten.set(id, write)
    } finally {
      this.#trying.delete(id)
    }
  }

  /** Requests with the key get `RequestInProgress` meanwhile. A write that fails is tried again with the next key. */
  #writeAlone(id: string): void {
    this.#trying.add(id)
    this.#writeDown(id)
      .catch(() => {})
      .finally(() => this.#trying.delete(id))
  }

  async #writeDown(id: string): Promise<void> {
    const write = this.#unwritten.get(id)
    await write?.()
    this.#unwritten.delete(id)
  }

  #tidy(): void {
    const { store, now, onUnexpectedError } = this.#deps
    if (now() - this.#tidiedAt < tidyEveryMs) return
    this.#tidiedAt = now()
    removeKeysBefore(store, new Date(now() - keptMs).toISOString()).catch(onUnexpectedError)
  }
}

function nameOf({ caller, key }: CallerKey): string {
  return JSON.stringify([caller, key])
}

/** Whether a problem is final: repeating the same request cannot help the client. */
export function isFinal({ status }: Problem): boolean {
  return status < 500 && ![401, 403, 408, 429, 499].includes(status)
}

/** In a repeated try, these codes may mean that the first try took effect. */
export function isAmbiguous({ status }: Problem): boolean {
  return [404, 409, 412].includes(status)
}

/** For work that is done once for each key, and whose response is not stored. */
export function hasRunOnce(): Conflict {
  return new Conflict(
    'OutcomeUnknown',
    'A request with this Idempotency-Key has run before. Its output is not stored.',
    {
      next: 'Take a new key to run it again.',
    },
  )
}

export function outcomeUnknown(problem: Problem): Conflict {
  return new Conflict(
    'OutcomeUnknown',
    `The first request with this Idempotency-Key ended without a response, and repeating it returned: ${problem.detail}`,
    {
      next: 'GET the resource to see whether the first request took effect. Take a new key for another change.',
      cause: problem,
    },
  )
}
