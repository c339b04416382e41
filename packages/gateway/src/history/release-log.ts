/**
 * The log of releases: every configuration that a service was deployed in, with the token that deployed it. ECS keeps
 * deployments for 90 days and does not know tokens.
 *
 * A deployment that was made through this gateway is recorded at once, without a number. Releases get their numbers
 * when the deployments of a service are read from ECS. So deployments that were made with other programs get the
 * numbers that fit their times. The log makes no calls to AWS by itself.
 *
 * It also stores the end of a deployment in the audit log's entry of the request that made it, so that the entry still
 * has the outcome when the service is deleted.
 */
import { LRUCache } from 'lru-cache'
import { maxEntries } from '../lru-cache/max-entries.ts'
import { addAuditedDeployment, type DeploymentEnd, endAuditedDeployments } from '../store/audit-records.ts'
import {
  addGatewayRelease,
  findNewestGatewayRelease,
  findReleaseOfRevision,
  getEncryptedRevisions,
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
  /** True when ECS will not change the revision and its deployment any more. */
  isFinal: boolean
  /** The service revision, or the part of it that is known; undefined when nothing of it is known. */
  revision: object | undefined
}

/** A deployment that was made through this gateway. */
export interface GatewayDeployment extends Pick<SeenRevision, 'arn' | 'createdAt'> {
  /** The part of the service revision that is known. */
  revision: object
  /** The name of the token. */
  madeBy: string
  /** The number of the release that the deployment restored; undefined when it was not a rollback. */
  restoredRelease: number | undefined
  /** The audit log's entry of the request. */
  auditEntryId: string | undefined
}

export interface ReleaseLogDeps {
  store: Store
  /** Milliseconds since 1970, on a clock that does not jump forward (`store/steady-clock.ts`). */
  now: () => number
  onUnexpectedError: (error: unknown) => void
}

const dayMs = 86_400_000
const trimIntervalMs = 3_600_000
/** The time from a deployment until the gateway checks for its end, if no other read has shown it. */
export const firstCheckAfterMs = 60_000
/** The most deployments whose record waits for the store. */
const maxUnwritten = 1_000

export class ReleaseLog {
  readonly #deps: ReleaseLogDeps
  readonly #unwritten = new Map<string, () => Promise<void>>()
  /** The day on which the releases of each service were last marked as used, so that they are kept. */
  readonly #markedUsedOn = new LRUCache<string, number>(maxEntries(10_000))
  #trimmedAt = 0
  #trimming: Promise<void> | undefined

  constructor(deps: ReleaseLogDeps) {
    this.#deps = deps
  }

  /**
   * Records a deployment that was made through this gateway. Never throws, because the deployment cannot be undone.
   * While the store does not respond, the record waits for the next use of the log.
   */
  async recordGatewayDeployment(
    serviceLife: ServiceIdentity,
    { arn, createdAt, revision, madeBy, restoredRelease, auditEntryId }: GatewayDeployment,
  ): Promise<void> {
    const { store } = this.#deps
    const row = {
      ...serviceLife,
      revision: arn,
      created_at: createdAt.toISOString(),
      made_by: madeBy,
      restored_from: restoredRelease ?? null,
      outcome: 'under-way',
      is_final: 0,
      revision_data: this.#encrypt(revision),
      seen_at: this.#now(),
    }
    const check_at = new Date(this.#deps.now() + firstCheckAfterMs).toISOString()
    const write = async () => {
      await addGatewayRelease(store, row)
      if (auditEntryId !== undefined) await addAuditedDeployment(store, auditEntryId, { revision: arn, check_at })
    }
    if (this.#unwritten.size < maxUnwritten) this.#unwritten.set(`${serviceLife.account} ${arn}`, write)
    await this.#writeUnwritten().catch(this.#deps.onUnexpectedError)
  }

  /**
   * Returns the numbered releases of the service, the highest number first.
   * @throws Unavailable `StoreUnavailable`
   */
  async listReleases(serviceLife: ServiceIdentity): Promise<ReleaseSummary[]> {
    await this.#writeUnwritten()
    const { store, now } = this.#deps
    const name = `${serviceLife.account} ${serviceLife.service} ${serviceLife.life}`
    const today = Math.floor(now() / dayMs)
    if (this.#markedUsedOn.get(name) !== today) await markReleasesUsed(store, serviceLife, this.#now())
    this.#markedUsedOn.set(name, today)
    return listNumberedReleases(store, serviceLife)
  }

  /** Stores the end of deployments in the audit log. @throws Unavailable `StoreUnavailable` */
  async endDeployments(ends: readonly DeploymentEnd[]): Promise<void> {
    await this.#writeUnwritten()
    await endAuditedDeployments(this.#deps.store, ends)
  }

  /**
   * Stores what ECS shows, and numbers all releases of the service that have no number.
   * @returns all releases of the service, the highest number first
   * @throws Unavailable `StoreUnavailable`
   */
  async saveSeenRevisions(serviceLife: ServiceIdentity, seen: readonly SeenRevision[]): Promise<ReleaseSummary[]> {
    const { store } = this.#deps
    this.#trim()
    if (seen.length === 0 && !(await hasUnnumberedReleases(store, serviceLife)))
      return listNumberedReleases(store, serviceLife)
    const rows = seen.map(
      ({ arn, createdAt, outcome, isFinal, revision }): SeenRelease => ({
        revision: arn,
        created_at: createdAt.toISOString(),
        outcome,
        is_final: isFinal ? 1 : 0,
        revision_data: revision === undefined ? '' : this.#encrypt(revision),
      }),
    )
    return saveReleases(store, serviceLife, rows, this.#now())
  }

  /**
   * Returns the service revisions of releases, by ARN. Leaves out revisions without data, and revisions that were
   * encrypted with another store key.
   * @throws Unavailable `StoreUnavailable`
   */
  async getRevisions(account: string, arns: readonly string[]): Promise<Map<string, object>> {
    const { store } = this.#deps
    const revisions = new Map<string, object>()
    for (const [arn, encrypted] of await getEncryptedRevisions(store, account, arns)) {
      const bytes = store.cipher.decrypt(encrypted)
      if (bytes) revisions.set(arn, JSON.parse(bytes.toString(), reviveTime) as object)
    }
    return revisions
  }

  /**
   * Returns the name of the caller that made the deployment of a revision; undefined for a deployment by another
   * program.
   * @throws Unavailable `StoreUnavailable`
   */
  async findMaker(account: string, revision: string): Promise<string | undefined> {
    await this.#writeUnwritten()
    return (await findReleaseOfRevision(this.#deps.store, { account, revision }))?.made_by ?? undefined
  }

  /** Returns the newest deployment that was made through this gateway. @throws Unavailable `StoreUnavailable` */
  async findNewestGatewayDeployment(serviceLife: ServiceIdentity): Promise<ReleaseSummary | undefined> {
    await this.#writeUnwritten()
    return findNewestGatewayRelease(this.#deps.store, serviceLife)
  }

  /** Writes the records that wait. Resolves also when the store does not respond. */
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

  #encrypt(revision: object): string {
    return this.#deps.store.cipher.encrypt(Buffer.from(JSON.stringify(revision)))
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

/** Converts times, which are texts in JSON, to dates. In ECS's shapes, the names of times end with `At`. */
function reviveTime(name: string, value: unknown): unknown {
  return name.endsWith('At') && typeof value === 'string' ? new Date(value) : value
}
