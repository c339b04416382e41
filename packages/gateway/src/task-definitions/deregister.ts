/** Deregisters one revision, or all revisions of a family within a time limit. With `purge` they are also deleted. */
import { setTimeout as pause } from 'node:timers/promises'
import { familyAndRevision, shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { NotFound, Problem, TooManyRequests } from '../problems/problem.ts'
import { definitionNameOf, getTaskDefinition, type TaskDefinitionWithTags } from './get.ts'
import { collectTaskDefinitions } from './list.ts'
import { type TaskDefinitionResource, toTaskDefinitionResource } from './schema.ts'

/** AWS allows one deregistration per second after the first twenty, so a large family needs several requests. */
const familyTimeLimitMs = 45_000

export interface FamilyDeregistration {
  items: TaskDefinitionResource[]
  failures: { name: string; reason: string }[]
  /** Number of revisions that were not processed in time. A repeated request processes them. */
  remaining: number
}

interface DeregistrationOptions {
  /** Also deletes the revisions. */
  purge: boolean
  /** Ends the loop over a family early. */
  signal: AbortSignal
}

/**
 * @param ref revision or family
 * @throws NotFound `TaskDefinitionNotFound`
 */
export function deregisterTaskDefinition(
  account: Account,
  ref: string,
  options: DeregistrationOptions,
): Promise<TaskDefinitionResource | FamilyDeregistration> {
  const { family, revision } = familyAndRevision(ref)
  return revision === undefined ? deregisterFamily(account, family, options) : deregisterRevision(account, ref, options)
}

async function deregisterRevision(
  account: Account,
  ref: string,
  { purge }: Pick<DeregistrationOptions, 'purge'>,
): Promise<TaskDefinitionResource> {
  const current = await getTaskDefinition(account, ref)
  const inactive = current.status === 'ACTIVE' ? await deregister(account, current) : current
  return toTaskDefinitionResource(
    purge && inactive.status === 'INACTIVE' ? await deleteRevision(account, inactive) : inactive,
  )
}

async function deregisterFamily(
  account: Account,
  family: string,
  { purge, signal }: DeregistrationOptions,
): Promise<FamilyDeregistration> {
  const deadline = Date.now() + familyTimeLimitMs
  const listed = await collectTaskDefinitions(account, { family, status: purge ? 'ALL' : 'ACTIVE' })
  const toDeregister = listed
    .filter(({ status }) => status !== 'DELETE_IN_PROGRESS')
    .sort((a, b) => a.revision - b.revision)
  if (toDeregister.length === 0)
    throw new NotFound(
      'TaskDefinitionNotFound',
      `The family ${family} has no ${purge ? '' : 'ACTIVE '}revision in the account ${account.name}.`,
      { next: `GET /v1/ecs/${account.name}/taskdefs?status=ALL lists all revisions.` },
    )
  const result: FamilyDeregistration = { items: [], failures: [], remaining: toDeregister.length }
  for (const { name } of toDeregister) {
    if (Date.now() >= deadline || signal.aborted) break
    try {
      const item = await retryThrottled(deadline, signal, () => deregisterRevision(account, name, { purge }))
      if (!item) break
      result.items.push(item)
    } catch (error) {
      if (!(error instanceof Problem) || error.status >= 500) throw error
      result.failures.push({ name, reason: error.detail })
    }
    result.remaining--
  }
  return result
}

/** Retries the call while AWS throttles it. @returns undefined when the next try would be after the deadline */
async function retryThrottled<T>(
  deadline: number,
  signal: AbortSignal,
  call: () => Promise<T>,
): Promise<T | undefined> {
  for (;;) {
    try {
      return await call()
    } catch (error) {
      const waitMs = error instanceof TooManyRequests ? (error.options.retryAfterSeconds ?? 1) * 1000 : undefined
      if (waitMs === undefined) throw error
      if (Date.now() + waitMs >= deadline) return undefined
      await pause(waitMs, undefined, { signal })
    }
  }
}

async function deregister(account: Account, before: TaskDefinitionWithTags): Promise<TaskDefinitionWithTags> {
  const { taskDefinition } = await account.ecs().deregisterTaskDefinition({ taskDefinition: definitionNameOf(before) })
  return recordStatus(account, before, { ...before, ...taskDefinition })
}

async function deleteRevision(account: Account, before: TaskDefinitionWithTags): Promise<TaskDefinitionWithTags> {
  const { taskDefinitions: deleted, failures } = await account
    .ecs()
    .deleteTaskDefinitions({ taskDefinitions: [definitionNameOf(before)] })
  const [failure] = failures ?? []
  if (failure)
    throw new NotFound(
      'TaskDefinitionNotFound',
      failure.reason ?? `${shortName(definitionNameOf(before))} could not be deleted.`,
    )
  return recordStatus(account, before, { ...before, ...deleted?.[0] })
}

/** Records the new status as a recent write. @returns `after` */
function recordStatus(
  account: Account,
  before: TaskDefinitionWithTags,
  after: TaskDefinitionWithTags,
): TaskDefinitionWithTags {
  account.recentWrites.record('task definition', definitionNameOf(after), { before, after, fields: ['status'] })
  return after
}
