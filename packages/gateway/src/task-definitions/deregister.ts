/** Deregistering (and, with purge, deleting) one revision or, as far as time allows, a family's. */
import { setTimeout as pause } from 'node:timers/promises'
import { familyAndRevision, shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { NotFound, Problem, TooManyRequests } from '../problems/problem.ts'
import { getTaskDefinition, nameOf, type TaggedDefinition } from './get.ts'
import { taskDefinitions } from './list.ts'
import { presentTaskDefinition, type TaskDefinitionResource } from './schema.ts'

/** AWS allows one deregistration a second after the first twenty: a family may need more than one call. */
const familyBudgetMs = 45_000

export interface Deregistered {
  items: TaskDefinitionResource[]
  failures: { name: string; reason: string }[]
  /** Revisions that there was no time for: repeat to go on. */
  remaining: number
}

export function deregister(
  account: Account,
  ref: string,
  purge: boolean,
  signal: AbortSignal,
): Promise<TaskDefinitionResource | Deregistered> {
  const { family, revision } = familyAndRevision(ref)
  return revision === undefined
    ? deregisterFamily(account, family, purge, signal)
    : deregisterRevision(account, ref, purge)
}

async function deregisterRevision(account: Account, ref: string, purge: boolean): Promise<TaskDefinitionResource> {
  const current = await getTaskDefinition(account, ref)
  const inactive = current.status === 'ACTIVE' ? await makeInactive(account, current) : current
  return presentTaskDefinition(purge && inactive.status === 'INACTIVE' ? await remove(account, inactive) : inactive)
}

async function deregisterFamily(
  account: Account,
  family: string,
  purge: boolean,
  signal: AbortSignal,
): Promise<Deregistered> {
  const deadline = Date.now() + familyBudgetMs
  const listed = await taskDefinitions(account, { family, status: purge ? 'ALL' : 'ACTIVE' })
  const due = listed.filter(({ status }) => status !== 'DELETE_IN_PROGRESS').sort((a, b) => a.revision - b.revision)
  if (due.length === 0)
    throw new NotFound(
      'TaskDefinitionNotFound',
      `There is no ${purge ? '' : 'active '}task definition of the family ${family} in ${account.name}.`,
    )
  const result: Deregistered = { items: [], failures: [], remaining: due.length }
  for (const { name } of due) {
    if (Date.now() >= deadline || signal.aborted) break
    try {
      const item = await patiently(deadline, signal, () => deregisterRevision(account, name, purge))
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

/** Tries again after a throttle until the deadline; undefined when that comes first. */
async function patiently<T>(deadline: number, signal: AbortSignal, act: () => Promise<T>): Promise<T | undefined> {
  for (;;) {
    try {
      return await act()
    } catch (error) {
      const waitMs = error instanceof TooManyRequests ? (error.options.retryAfterSeconds ?? 1) * 1000 : undefined
      if (waitMs === undefined) throw error
      if (Date.now() + waitMs >= deadline) return undefined
      await pause(waitMs, undefined, { signal })
    }
  }
}

async function makeInactive(account: Account, before: TaggedDefinition): Promise<TaggedDefinition> {
  const { taskDefinition } = await account.ecs().deregisterTaskDefinition({ taskDefinition: nameOf(before) })
  return noted(account, before, { ...before, ...taskDefinition })
}

async function remove(account: Account, before: TaggedDefinition): Promise<TaggedDefinition> {
  const { taskDefinitions: deleted, failures } = await account
    .ecs()
    .deleteTaskDefinitions({ taskDefinitions: [nameOf(before)] })
  const [failure] = failures ?? []
  if (failure)
    throw new NotFound('TaskDefinitionNotFound', failure.reason ?? `${shortName(nameOf(before))} could not be deleted.`)
  return noted(account, before, { ...before, ...deleted?.[0] })
}

function noted(account: Account, before: TaggedDefinition, after: TaggedDefinition): TaggedDefinition {
  account.ownWrites.record('task definition', nameOf(after), { before, after, fields: ['status'] })
  return after
}
