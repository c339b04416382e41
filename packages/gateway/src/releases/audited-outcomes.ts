/**
 * The outcomes of deployments in the audit log. A request that deploys a service is answered before the deployment
 * ends. Its entry gets the outcome when a read of the service's releases shows the end (`collect.ts`). Maybe nobody
 * reads the releases, and after the deletion of the service ECS does not show them any more. So the gateway itself
 * reads the releases of services with open deployments:
 *
 * - when a client reads the audit log, for the entries in the response
 * - before the gateway deletes the service
 * - soon after the start, and when the end of a deployment has not been seen for a while
 *
 * Several processes on one store share this work: a process claims a check before it makes it.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { parseArn, shortName } from '@ecs-api/ecs-model'
import { LRUCache } from 'lru-cache'
import type { Account } from '../aws/account.ts'
import { withCallContext } from '../aws/calls/priority.ts'
import { firstCheckAfterMs, type ReleaseLog } from '../history/release-log.ts'
import { maxEntries } from '../lru-cache/max-entries.ts'
import { NotFound, Problem } from '../problems/problem.ts'
import { findService } from '../services/get.ts'
import {
  type AuditRow,
  claimCheck,
  listDueDeployments,
  listOpenDeployments,
  type OpenDeployment,
} from '../store/audit-records.ts'
import type { Store } from '../store/store.ts'
import { collectReleases } from './collect.ts'

export interface AuditedOutcomesDeps {
  store: Store
  releaseLog: ReleaseLog
  findAccount: (name: string) => Account | undefined
  /** Milliseconds since 1970, on a clock that does not jump forward (`store/steady-clock.ts`). */
  now: () => number
  onUnexpectedError: (error: unknown) => void
}

const roundIntervalMs = 60_000
/** The first use of the store loads its query builder, which would delay the start. */
const firstRoundAfterMs = 3_000
const maxCheckIntervalMs = 3_600_000
/** The most deployments of one round. The next round checks the others. */
const maxPerRound = 200
/** A read of the audit log checks at most this many services, and each of them at most this often. */
const maxServicesPerRead = 10
const readAgainAfterMs = 5_000
/** The time for which a read of the audit log, or the deletion of a service, waits for ECS. */
const maxWaitMs = 1_000
/** ECS can take this long to list a new deployment. */
const listedAfterMs = 300_000

const endedByDeletion = { outcome: 'superseded', reason: 'The service was deleted during the deployment.' }
const unknownAfterDeletion = {
  outcome: 'unknown',
  reason: 'The service was deleted before the gateway had read the end of the deployment.',
}
const notListed = { outcome: 'unknown', reason: 'ECS no longer lists the deployment.' }

export class AuditedOutcomes {
  readonly #deps: AuditedOutcomesDeps
  readonly #lastReads = new LRUCache<string, number>(maxEntries(10_000))
  readonly #checks = new Set<Promise<void>>()
  readonly #closing = new AbortController()
  #rounds: Promise<void> | undefined

  constructor(deps: AuditedOutcomesDeps) {
    this.#deps = deps
  }

  /** Checks all open deployments soon, and from then on each minute those that are due. */
  open(): void {
    this.#rounds = this.#checkInRounds()
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#rounds
    await Promise.all(this.#checks)
  }

  /**
   * Checks the open deployments of the entries, and waits a moment for the results.
   * @returns whether it has checked, so the entries may have changed
   */
  async readOutcomesOf(entries: readonly AuditRow[]): Promise<boolean> {
    const { now } = this.#deps
    const open = entries.filter(({ check_at }) => check_at !== null) as OpenDeployment[]
    const services = [...Map.groupBy(open, keyOf)]
      .filter(([key]) => now() - (this.#lastReads.get(key) ?? Number.NEGATIVE_INFINITY) >= readAgainAfterMs)
      .slice(0, maxServicesPerRead)
    for (const [key] of services) this.#lastReads.set(key, now())
    await withinTime(services.map(([, ofService]) => this.#check(ofService)))
    return services.length > 0
  }

  /** Deletes a service with `remove`. Before it, stores the outcomes of the deployments that have ended. */
  async deleteServiceKeepingOutcomes<T>(
    account: Account,
    { cluster, ref }: { cluster: string; ref: string },
    remove: () => Promise<T>,
  ): Promise<T> {
    const name = { account: account.name, cluster: shortName(cluster), service: shortName(ref) }
    const open = (await this.#try(() => listOpenDeployments(this.#deps.store, name))) ?? []
    if (open.length === 0) return remove()
    await withinTime([this.#check(open)])
    const removed = await remove()
    // A stored end stays: this ends only the deployments in progress.
    await this.#try(() => this.#end(open, endedByDeletion))
    return removed
  }

  async #checkInRounds(): Promise<void> {
    const { store, now } = this.#deps
    const { signal } = this.#closing
    const pauseFor = (ms: number) => pause(ms, undefined, { ref: false, signal }).catch(() => undefined)
    await pauseFor(firstRoundAfterMs)
    for (let dueAt: string | undefined; !signal.aborted; dueAt = new Date(now()).toISOString()) {
      await this.#try(async () => {
        const due = await listDueDeployments(store, { dueAt, limit: maxPerRound })
        const services = [...Map.groupBy(due, keyOf).values()]
        for (const ofService of services) if (!signal.aborted) await this.#claimAndCheck(ofService)
      })
      await pauseFor(roundIntervalMs)
    }
  }

  async #claimAndCheck(ofService: OpenDeployment[]): Promise<void> {
    const { store, now } = this.#deps
    const claimed: OpenDeployment[] = []
    for (const deployment of ofService) {
      const age = now() - Date.parse(deployment.at)
      const next = now() + Math.min(Math.max(age / 2, firstCheckAfterMs), maxCheckIntervalMs)
      if (await claimCheck(store, deployment, new Date(next).toISOString())) claimed.push(deployment)
    }
    if (claimed.length > 0)
      await withCallContext({ priority: 'background', caller: 'audit' }, () => this.#check(claimed))
  }

  /** Stores the ends of the deployments of one service, as far as ECS shows them. Never rejects. */
  #check(open: readonly OpenDeployment[]): Promise<void> {
    const check = this.#try(() => this.#readAndEnd(open)).finally(() => this.#checks.delete(check))
    this.#checks.add(check)
    return check
  }

  async #readAndEnd(open: readonly OpenDeployment[]): Promise<void> {
    const [{ account: accountName, cluster, service: name, revision }] = open as [OpenDeployment]
    const account = this.#deps.findAccount(accountName)
    const { region, account: number } = parseArn(revision) ?? {}
    // Later, the configuration may give the same name to another AWS account or Region.
    if (!account || account.region !== region || (await account.ownNumber()) !== number) return
    const service = await findService(account, cluster, name).catch(undefinedIfGone)
    const collected = service && (await collectReleases(account, service, this.#deps.releaseLog).catch(undefinedIfGone))
    if (!service || !collected) return this.#end(open, unknownAfterDeletion)
    if (service.status !== 'ACTIVE') return this.#end(open, endedByDeletion)
    const isForgotten = ({ at, revision: arn }: OpenDeployment) =>
      !collected.shownArns.has(arn) && this.#deps.now() - Date.parse(at) > listedAfterMs
    await this.#end(open.filter(isForgotten), notListed)
  }

  async #end(open: readonly OpenDeployment[], { outcome, reason }: typeof notListed): Promise<void> {
    await this.#deps.releaseLog.endDeployments(
      open.map(({ revision }) => ({ revision, outcome, outcome_reason: reason, ended_at: null })),
    )
  }

  /** Another check follows when AWS or the store fails now. */
  async #try<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof Problem)) this.#deps.onUnexpectedError(error)
      return undefined
    }
  }
}

const keyOf = ({ account, cluster, service }: OpenDeployment) => `${account} ${cluster} ${service}`

/** For `catch`: undefined when the cluster or the service no longer exists. */
function undefinedIfGone(error: unknown): undefined {
  if (!(error instanceof NotFound)) throw error
}

/** Resolves when the work is done, or after a moment. The work continues. */
async function withinTime(work: readonly Promise<void>[]): Promise<void> {
  if (work.length === 0) return
  const timeout = new AbortController()
  await Promise.race([
    Promise.all(work),
    pause(maxWaitMs, undefined, { signal: timeout.signal }).catch(() => undefined),
  ])
  timeout.abort()
}
