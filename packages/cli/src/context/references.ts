/**
 * Resolves the references that people type: `service`, `cluster/service` or `account/cluster/service`, and for a task 6
 * or more characters of its id. The context supplies the parts that are left out.
 */
import { type AccountClient, type Client, isProblem, type Service, type Task } from '@ecs-api/client'
import { CliError, exitCode, UsageError } from '../errors.ts'
import type { Flags } from '../flags.ts'
import type { Target } from './target.ts'

export interface ResolvedServiceRef {
  account: AccountClient
  ref: { cluster: string; name: string }
}

export interface ResolvedTaskRef {
  account: AccountClient
  ref: { cluster: string; id: string }
}

interface ReferenceDeps {
  account: (name?: string) => Promise<AccountClient>
  target: Target
  flags?: Flags
}

/** @throws UsageError when the flag names another cluster or account than the reference does */
function rejectConflictingFlag(
  { flags }: ReferenceDeps,
  flag: 'cluster' | 'account',
  { reference, named }: { reference: string; named: string | undefined },
): void {
  const flagValue = flags?.text(flag)
  if (flagValue !== undefined && named !== undefined && flagValue !== named)
    throw new UsageError(`${reference} is in the ${flag} ${named}, and --${flag} names ${flagValue}: give one of them.`)
}

/** Returns a function that returns its argument, or by default the context's account, or else the only account. */
export function accountNameFinder(client: Client, target: Target): (name?: string) => Promise<string> {
  let onlyName: Promise<string> | undefined
  return async (name = target.account) => {
    onlyName ??= name === undefined ? onlyAccountName(client) : undefined
    return name ?? onlyName!
  }
}

async function onlyAccountName(client: Client): Promise<string> {
  const names = (await Array.fromAsync(client.accounts.list())).map(({ name }) => name)
  if (names.length === 1) return names[0]!
  if (names.length === 0)
    throw new CliError(exitCode.notFound, 'This token may see no account.', 'Its fence: ecs-api whoami')
  throw new UsageError(
    `Which account? This gateway has ${names.join(', ')}.`,
    'Add --account NAME, or: ecs-api use NAME',
  )
}

/** The parts of a reference, the last one first. */
function partsOf(text: string, kind: 'service' | 'task'): [name: string, cluster?: string, account?: string] {
  const parts = text.split('/')
  if (parts.length > 3 || parts.some((part) => part === ''))
    throw new UsageError(`"${text}" is not a ${kind}: write ${kind}, cluster/${kind} or account/cluster/${kind}.`)
  return parts.reverse() as [string, string?, string?]
}

export async function findService(deps: ReferenceDeps, text: string | undefined): Promise<ResolvedServiceRef> {
  const reference = text ?? deps.target.service
  if (reference === undefined)
    throw new UsageError('Which service? Name one, such as prod/www.', 'ecs-api services list')
  const [name, namedCluster, accountName] = partsOf(reference, 'service')
  rejectConflictingFlag(deps, 'cluster', { reference, named: namedCluster })
  rejectConflictingFlag(deps, 'account', { reference, named: accountName })
  const account = await deps.account(accountName)
  const cluster = namedCluster ?? deps.target.cluster ?? (await clusterOf(account, name))
  return { account, ref: { cluster, name } }
}

/** Finds the cluster of a service by the service's name, which must be unique in the account. */
async function clusterOf(account: AccountClient, name: string): Promise<string> {
  const found: Service[] = []
  for await (const service of account.services.list({ limit: 1000 })) if (service.name === name) found.push(service)
  if (found.length === 1) return found[0]!.cluster
  if (found.length === 0)
    throw new CliError(exitCode.notFound, `There is no service ${name} in this account.`, 'ecs-api services list')
  const names = found.map(({ cluster }) => `${cluster}/${name}`)
  throw new UsageError(`Several services are named ${name}: ${names.join(', ')}.`)
}

/** @param text `cluster` or `account/cluster`; by default the cluster of the context */
export async function parseClusterReference(
  deps: ReferenceDeps,
  text?: string | undefined,
): Promise<{ account: AccountClient; ref: string }> {
  const [name, accountName, ...more] = (text ?? deps.target.cluster ?? '').split('/').reverse()
  if (!name || more.length > 0) throw new UsageError('Which cluster? Name one: prod, or account/prod.')
  return { account: await deps.account(accountName), ref: name }
}

const idPrefix = /^[0-9a-f]{6,32}$/

export async function findTask(deps: ReferenceDeps, text: string): Promise<ResolvedTaskRef> {
  const [id, namedCluster, accountName] = partsOf(text, 'task')
  if (!idPrefix.test(id))
    throw new UsageError(`"${id}" is not a task: give 6 or more characters of its id.`, 'All tasks: ecs-api tasks list')
  rejectConflictingFlag(deps, 'cluster', { reference: text, named: namedCluster })
  rejectConflictingFlag(deps, 'account', { reference: text, named: accountName })
  const account = await deps.account(accountName)
  const cluster = namedCluster ?? deps.target.cluster
  if (id.length === 32 && cluster !== undefined) return { account, ref: { cluster, id } }
  const found = await tasksWithPrefix(account, cluster, id)
  if (found.length === 1) return { account, ref: { cluster: found[0]!.cluster, id: found[0]!.id } }
  if (found.length === 0)
    throw new CliError(
      exitCode.notFound,
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

type ServiceOrCluster =
  | { service: ResolvedServiceRef; cluster?: never }
  | { cluster: { account: AccountClient; ref: string }; service?: never }

/** Finds a service; for a name alone that no service has, a cluster of this name. */
export async function findServiceOrCluster(deps: ReferenceDeps, text: string): Promise<ServiceOrCluster> {
  if (text.includes('/')) return { service: await findService(deps, text) }
  try {
    const service = await findService(deps, text)
    await service.account.services.get(service.ref)
    return { service }
  } catch (error) {
    if (!isProblem(error, 'ServiceNotFound') && !(error instanceof CliError && error.exitCode === exitCode.notFound))
      throw error
    const account = await deps.account()
    const cluster = await account.clusters.get(text).catch(() => undefined)
    if (cluster === undefined) throw error
    rejectConflictingFlag(deps, 'cluster', { reference: text, named: cluster.name })
    return { cluster: { account, ref: cluster.name } }
  }
}

type ServiceOrTask = { service: ResolvedServiceRef; task?: never } | { task: ResolvedTaskRef; service?: never }

/** Finds a task when the text looks like a task id and such a task exists. Otherwise it finds a service. */
export async function findServiceOrTask(deps: ReferenceDeps, text: string | undefined): Promise<ServiceOrTask> {
  if (text === undefined || !idPrefix.test(text.split('/').at(-1)!)) return { service: await findService(deps, text) }
  try {
    return { task: await findTask(deps, text) }
  } catch (error) {
    if (!(error instanceof CliError) || error.exitCode !== exitCode.notFound) throw error
    return { service: await findService(deps, text) }
  }
}
