/**
 * Resources as people write them: `service`, `cluster/service` or `account/cluster/service`; a task by 6 or more
 * characters of its id. The context supplies the parts that are left out.
 */
import type { AccountClient, Client, Service, Task } from '@ecs-api/client'
import { CliError, UsageError } from '../errors.ts'
import type { Flags } from '../flags.ts'
import type { Target } from './target.ts'

export interface ServiceRefFound {
  account: AccountClient
  /** `cluster/service`. */
  ref: { cluster: string; name: string }
}

export interface TaskRefFound {
  account: AccountClient
  ref: { cluster: string; id: string }
}

interface ReferenceDeps {
  account: (name?: string) => Promise<AccountClient>
  target: Target
  flags?: Flags
}

/** A flag that the reference contradicts would be ignored. */
function rejectOther(flags: Flags | undefined, flag: 'cluster' | 'account', ofText: string | undefined, text: string) {
  const given = flags?.text(flag)
  if (given !== undefined && ofText !== undefined && given !== ofText)
    throw new UsageError(`${text} is in the ${flag} ${ofText}, and --${flag} names ${given}: give one of them.`)
}

/** Returns a function that gives an account's name: the given one, the context's, or the gateway's only one. */
export function accountNameFinder(client: Client, target: Target): (name?: string) => Promise<string> {
  let only: Promise<string> | undefined
  return async (name = target.account) => {
    only ??= name === undefined ? onlyAccount(client) : undefined
    return name ?? only!
  }
}

async function onlyAccount(client: Client): Promise<string> {
  const names = (await Array.fromAsync(client.accounts.list())).map(({ name }) => name)
  if (names.length === 1) return names[0]!
  if (names.length === 0) throw new CliError(5, 'This token sees no account.', 'ecs-api whoami shows its fence.')
  throw new UsageError(
    `Which account? This gateway has ${names.join(', ')}.`,
    'Add --account NAME, or: ecs-api use NAME',
  )
}

/** The parts of a reference, the last one first. */
function partsOf(text: string, form: string): [name: string, cluster?: string, account?: string] {
  const parts = text.split('/')
  if (parts.length > 3 || parts.some((part) => part === ''))
    throw new UsageError(`"${text}" is not a ${form}: write ${form}, cluster/${form} or account/cluster/${form}.`)
  return parts.reverse() as [string, string?, string?]
}

export async function findService(deps: ReferenceDeps, text: string | undefined): Promise<ServiceRefFound> {
  const reference = text ?? deps.target.service
  if (reference === undefined)
    throw new UsageError('Which service? Name one, such as prod/www.', 'ecs-api services list')
  const [name, namedCluster, accountName] = partsOf(reference, 'service')
  rejectOther(deps.flags, 'cluster', namedCluster, reference)
  rejectOther(deps.flags, 'account', accountName, reference)
  const account = await deps.account(accountName)
  const cluster = namedCluster ?? deps.target.cluster ?? (await clusterOf(account, name))
  return { account, ref: { cluster, name } }
}

/** The cluster of a service that is named without one: the name must be unique in the account. */
async function clusterOf(account: AccountClient, name: string): Promise<string> {
  const found: Service[] = []
  for await (const service of account.services.list({ limit: 1000 })) if (service.name === name) found.push(service)
  if (found.length === 1) return found[0]!.cluster
  if (found.length === 0) throw new CliError(5, `There is no service ${name} in this account.`, 'ecs-api services list')
  const names = found.map(({ cluster }) => `${cluster}/${name}`)
  throw new UsageError(`Several services are named ${name}: ${names.join(', ')}.`)
}

/** @param text the cluster; by default that of the context */
export async function findCluster(
  deps: ReferenceDeps,
  text?: string | undefined,
): Promise<{ account: AccountClient; ref: string }> {
  const [name, accountName, ...more] = (text ?? deps.target.cluster ?? '').split('/').reverse()
  if (!name || more.length > 0) throw new UsageError('Which cluster? Name one: prod, or account/prod.')
  return { account: await deps.account(accountName), ref: name }
}

const idPrefix = /^[0-9a-f]{6,32}$/

export async function findTask(deps: ReferenceDeps, text: string): Promise<TaskRefFound> {
  const [id, namedCluster, accountName] = partsOf(text, 'task')
  if (!idPrefix.test(id)) throw new UsageError(`"${id}" is not a task: give 6 or more characters of its id.`)
  rejectOther(deps.flags, 'cluster', namedCluster, text)
  rejectOther(deps.flags, 'account', accountName, text)
  const account = await deps.account(accountName)
  const cluster = namedCluster ?? deps.target.cluster
  if (id.length === 32 && cluster !== undefined) return { account, ref: { cluster, id } }
  const found = await tasksWithPrefix(account, cluster, id)
  if (found.length === 1) return { account, ref: { cluster: found[0]!.cluster, id: found[0]!.id } }
  if (found.length === 0)
    throw new CliError(
      5,
      `There is no task ${id}.`,
      'ECS lists a stopped task for about an hour: ecs-api tasks list --status ALL',
    )
  throw new UsageError(
    `Several tasks begin with ${id}: ${found.map((task) => `${task.cluster}/${task.id}`).join(', ')}.`,
  )
}

async function tasksWithPrefix(account: AccountClient, cluster: string | undefined, id: string): Promise<Task[]> {
  const where = cluster === undefined ? {} : { cluster }
  const found: Task[] = []
  for await (const task of account.tasks.list({ ...where, status: 'ALL', limit: 1000 }))
    if (task.id.startsWith(id)) found.push(task)
  return found
}

type ServiceOrTask = { service: ServiceRefFound; task?: never } | { task: TaskRefFound; service?: never }

/** Finds a task when the text has the form of an id and the task exists; otherwise a service. */
export async function findServiceOrTask(deps: ReferenceDeps, text: string | undefined): Promise<ServiceOrTask> {
  if (text === undefined || !idPrefix.test(text.split('/').at(-1)!)) return { service: await findService(deps, text) }
  try {
    return { task: await findTask(deps, text) }
  } catch (error) {
    if (!(error instanceof CliError) || error.exit !== 5) throw error
    return { service: await findService(deps, text) }
  }
}
