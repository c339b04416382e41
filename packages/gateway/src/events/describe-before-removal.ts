/**
 * Describes the task or service of an ECS event before ECS removes data that belongs into the history: a stopped task,
 * or a new event of a service. The history records what every DescribeTasks and DescribeServices returns, so the call
 * alone is enough.
 */
import type { Account } from '../aws/account.ts'
import { withCallContext } from '../aws/calls/priority.ts'
import { NotFound } from '../problems/problem.ts'
import type { EcsEvent } from './ecs-event.ts'

type ExpiringResource = NonNullable<EcsEvent['expiringResource']>

/**
 * The delay before each attempt to describe a resource. During the first delay, several events about the resource share
 * one describe. Later attempts are for a task that ECS still returned as running.
 */
const delaysMs = [1_000, 3_000, 10_000, 60_000]
const maxPending = 10_000

/** Returns a function that schedules calls which describe the resource. */
export function createDescriberBeforeRemoval(): (account: Account, expiringResource: ExpiringResource) => void {
  /** The resources that wait for each attempt, by account and name. */
  const attempts = delaysMs.map(() => new Map<Account, Map<string, ExpiringResource>>())
  const describeAll = (account: Account, attempt: number) => {
    const pending = attempts[attempt]!.get(account) ?? new Map<string, ExpiringResource>()
    attempts[attempt]!.delete(account)
    if (account.closedSignal.aborted) return
    for (const resource of pending.values()) {
      // Describes that start in the same turn of the event loop share calls.
      void describeResource(account, resource).then((isDone) => isDone || schedule(account, resource, attempt + 1))
    }
  }
  const schedule = (account: Account, resource: ExpiringResource, attempt: number) => {
    if (attempt >= delaysMs.length || account.closedSignal.aborted) return
    let pending = attempts[attempt]!.get(account)
    if (!pending) {
      pending = new Map()
      attempts[attempt]!.set(account, pending)
      setTimeout(() => describeAll(account, attempt), delaysMs[attempt]).unref()
    }
    if (pending.size < maxPending) pending.set(`${resource.kind} ${resource.cluster} ${resource.name}`, resource)
  }
  return (account, resource) => schedule(account, resource, 0)
}

/**
 * Describes a resource. A service is described once, because its next event causes another describe.
 * @returns false when another attempt is needed
 */
async function describeResource(account: Account, { kind, cluster, name }: ExpiringResource): Promise<boolean> {
  const inBackground = { priority: 'background', caller: 'history' } as const
  try {
    if (kind === 'service') await withCallContext(inBackground, () => account.batchedDescribes.service(cluster, name))
    else {
      const { value } = await withCallContext(inBackground, () => account.batchedDescribes.task(cluster, name))
      return value === undefined || value.lastStatus === 'STOPPED'
    }
    return true
  } catch (error) {
    return kind === 'service' || error instanceof NotFound
  }
}
