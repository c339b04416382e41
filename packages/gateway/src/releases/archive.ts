/**
 * Stores releases in the background. When a description of a service shows that a deployment has ended, the gateway
 * reads and stores the releases of the service. ECS keeps them for 90 days only, and maybe no client requests them in
 * that time.
 *
 * The first description of a service triggers nothing. Otherwise the gateway would list the deployments of every
 * service after each start.
 */
import type { Service } from '@aws-sdk/client-ecs'
import { LRUCache } from 'lru-cache'
import type { Account } from '../aws/account.ts'
import { withCallContext } from '../aws/calls/priority.ts'
import type { ReleaseLog } from '../history/release-log.ts'
import { maxEntries } from '../lru-cache/max-entries.ts'
import { Problem } from '../problems/problem.ts'
import { primaryDeployment } from '../services/primary-deployment.ts'
import { collectReleases } from './collect.ts'

export interface ReleaseArchiveDeps {
  releaseLog: ReleaseLog
  onUnexpectedError: (error: unknown) => void
}

/** The releases of services beyond this limit are stored when they are next read. */
const maxWaitingServices = 1_000

export class ReleaseArchive {
  readonly #deps: ReleaseArchiveDeps
  /** The last state of each service's deployment, by account and ARN. */
  readonly #states = new LRUCache<string, string>(maxEntries(20_000))
  readonly #waiting = new Map<string, { account: Account; service: Service }>()
  #work: Promise<void> | undefined
  #isClosed = false

  constructor(deps: ReleaseArchiveDeps) {
    this.#deps = deps
  }

  /** From now on, stores the releases of the account's services. */
  watch(account: Account): void {
    account.onDescribed(({ services = [] }) => {
      for (const service of services) this.#observe(account, service)
    })
  }

  /** Resolves when the store in progress has ended. The releases of waiting services are not stored. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#waiting.clear()
    await this.#work
  }

  #observe(account: Account, service: Service): void {
    const primary = primaryDeployment(service)
    if (!primary?.id) return
    const name = `${account.name} ${service.serviceArn}`
    const state = `${primary.id} ${primary.rolloutState}`
    const before = this.#states.get(name)
    this.#states.set(name, state)
    const hasEnded = before !== undefined && before !== state && primary.rolloutState !== 'IN_PROGRESS'
    if (!hasEnded || this.#isClosed || this.#waiting.size >= maxWaitingServices) return
    this.#waiting.set(name, { account, service })
    this.#work ??= this.#storeAll().finally(() => {
      this.#work = undefined
    })
  }

  async #storeAll(): Promise<void> {
    for (const [name, { account, service }] of this.#waiting) {
      this.#waiting.delete(name)
      if (account.closedSignal.aborted) continue
      try {
        await withCallContext({ priority: 'background', caller: 'releases' }, () =>
          collectReleases(account, service, this.#deps.releaseLog),
        )
      } catch (error) {
        // A later read stores the releases for which AWS or the store fails now.
        if (!(error instanceof Problem)) this.#deps.onUnexpectedError(error)
      }
    }
  }
}
