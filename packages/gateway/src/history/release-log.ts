/**
 * The log of releases: every configuration that a service was deployed in, with the token that deployed it. ECS keeps
 * deployments for 90 days and does not know tokens.
 *
 * A deployment that was made through this service is recorded at once, without a number. Releases get their numbers
 * when the deployments of the service are read from ECS, so that deployments that were made elsewhere are numbered in
 * their place. The log makes no calls to AWS by itself.
 */
import { LRUCache } from 'lru-cache'
import {
  addOwnRelease,
  findNewestOwnRelease,
  findReleaseOfRevision,
  getSealedRevisions,
  hasUnnumberedReleases,
  listNumberedReleases,
  markReleasesUsed,
  type ReleaseSummary,
  type SeenRelease,
  type ServiceIdentity,
  saveReleases,
  trimReleases,
} from '../store/release-records.ts'
import type { Store } from '../store/store.ts'

export type { ReleaseSummary, ServiceIdentity }

export type ReleaseOutcome = 'under-way' | 'stable' | 'failed' | 'superseded' | 'rolled-back'

/** A release as ECS shows it. */
export interface SeenRevision {
  /** The ARN of the service revision. */
  arn: string
  createdAt: Date
  outcome: ReleaseOutcome
  /** ECS does not change the revision and its deployment any more. */
  isFinal: boolean
  /** The service revision, or the part of it that is known; undefined when the description shows nothing of it. */
  revision: object | undefined
}

/** A deployment that was made through this service. */
export interface OwnDeployment extends Pick<SeenRevision, 'arn' | 'createdAt'> {
  /** The part of the service revision that is known. */
  revision: object
  /** The name of the token. */
  madeBy: string
  /** The number of the release that it restored. */
  restoredFrom: number | undefined
}

export interface ReleaseLogDeps {
  store: Store
  /** Milliseconds since 1970, on a clock that does not jump forward (`store/steady-clock.ts`). */
  now: () => number
  onUnexpectedError: (error: unknown) => void
}

const dayMs = 86_400_000
const trimIntervalMs = 3_600_000
/** Deployments whose record the store has not taken yet. */
const maxUnwritten = 1_000

export class ReleaseLog {
  readonly #deps: ReleaseLogDeps
  readonly #unwritten = new Map<string, () => Promise<void>>()
  /** The day on which each service was marked as used. */
  readonly #touchedOn = new LRUCache<string, number>({ maxSize: 10_000, sizeCalculation: () => 1 })
  #trimmedAt = 0
  #trimming: Promise<void> | undefined

  constructor(deps: ReleaseLogDeps) {
    this.#deps = deps
  }

  /**
   * Records a deployment that was made through this service. Never throws: the deployment is made. While the store does
   * not respond, the record waits for the next use of the log.
   */
  async recordOwnDeployment(
    of: ServiceIdentity,
    { arn, createdAt, revision, madeBy, restoredFrom }: OwnDeployment,
  ): Promise<void> {
    const { store } = this.#deps
    const row = {
      ...of,
      revision: arn,
      created_at: createdAt.toISOString(),
      made_by: madeBy,
      restored_from: restoredFrom ?? null,
      outcome: 'under-way',
      is_final: 0,
      revision_data: this.#seal(revision),
      seen_at: this.#now(),
    }
    const write = () => addOwnRelease(store, row)
    if (this.#unwritten.size < maxUnwritten) this.#unwritten.set(`${of.account} ${arn}`, write)
    await this.#writeUnwritten().catch(this.#deps.onUnexpectedError)
  }

  /**
   * The numbered releases of the service, the highest number first.
   * @throws Unavailable `StoreUnavailable`
   */
  async releases(of: ServiceIdentity): Promise<ReleaseSummary[]> {
    await this.#writeUnwritten()
    const { store, now } = this.#deps
    const name = `${of.account} ${of.service} ${of.life}`
    const today = Math.floor(now() / dayMs)
    if (this.#touchedOn.get(name) !== today) await markReleasesUsed(store, of, this.#now())
    this.#touchedOn.set(name, today)
    return listNumberedReleases(store, of)
  }

  /**
   * Stores what ECS shows, and numbers all releases of the service that have no number.
   * @returns all releases of the service, the highest number first
   * @throws Unavailable `StoreUnavailable`
   */
  async save(of: ServiceIdentity, seen: readonly SeenRevision[]): Promise<ReleaseSummary[]> {
    const { store } = this.#deps
    this.#trim()
    if (seen.length === 0 && !(await hasUnnumberedReleases(store, of))) return listNumberedReleases(store, of)
    const rows = seen.map(
      ({ arn, createdAt, outcome, isFinal, revision }): SeenRelease => ({
        revision: arn,
        created_at: createdAt.toISOString(),
        outcome,
        is_final: isFinal ? 1 : 0,
        revision_data: revision === undefined ? '' : this.#seal(revision),
      }),
    )
    return saveReleases(store, of, rows, this.#now())
  }

  /**
   * The service revisions of releases, by ARN. Without those of which nothing is known, or that were sealed with
   * another store key.
   * @throws Unavailable `StoreUnavailable`
   */
  async revisions(account: string, arns: readonly string[]): Promise<Map<string, object>> {
    const { store } = this.#deps
    const found = new Map<string, object>()
    for (const [arn, sealed] of await getSealedRevisions(store, account, arns)) {
      const bytes = store.seal.decrypt(sealed)
      if (bytes) found.set(arn, JSON.parse(bytes.toString(), revived) as object)
    }
    return found
  }

  /**
   * The token that made the deployment of a revision; undefined when it was made elsewhere.
   * @throws Unavailable `StoreUnavailable`
   */
  async madeBy(account: string, revision: string): Promise<string | undefined> {
    await this.#writeUnwritten()
    return (await findReleaseOfRevision(this.#deps.store, { account, revision }))?.made_by ?? undefined
  }

  /** The newest deployment that was made through this service. @throws Unavailable `StoreUnavailable` */
  async findNewestOwnDeployment(of: ServiceIdentity): Promise<ReleaseSummary | undefined> {
    await this.#writeUnwritten()
    return findNewestOwnRelease(this.#deps.store, of)
  }

  /** Resolves when all records are written, as far as the store responds. */
  async close(): Promise<void> {
    await this.#writeUnwritten().catch(this.#deps.onUnexpectedError)
    await this.#trimming
  }

  async #writeUnwritten(): Promise<void> {
    for (const [name, write] of this.#unwritten) {
      await write()
      this.#unwritten.delete(name)
    }
  }

  #seal(revision: object): string {
    return this.#deps.store.seal.encrypt(Buffer.from(JSON.stringify(revision)))
  }

  #now(): string {
    return new Date(this.#deps.now()).toISOString()
  }

  #trim(): void {
    const { store, now, onUnexpectedError } = this.#deps
    if (now() - this.#trimmedAt < trimIntervalMs) return
    this.#trimmedAt = now()
    this.#trimming = trimReleases(store, now()).catch(onUnexpectedError)
  }
}

/** JSON has times as text. The members of ECS's shapes that are times end with `At`. */
function revived(name: string, value: unknown): unknown {
  return name.endsWith('At') && typeof value === 'string' ? new Date(value) : value
}
