import { shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { itemsOfAllPages, mapInBatches } from '../aws/reads/paging.ts'
import { checkIfMatch } from '../http/response/etag.ts'
import { Conflict, firstNamesText } from '../problems/problem.ts'
import { getCluster } from './get.ts'
import { type ClusterResource, toClusterResource } from './schema.ts'

/**
 * Deletes an empty cluster.
 * @param ifMatch the header `If-Match`: the version that the cluster must have
 * @throws NotFound `ClusterNotFound`
 * @throws PreconditionFailed when the cluster has another version
 * @throws Conflict `ClusterContainsServices` or `ClusterContainsTasks`, with the services or tasks in the cluster
 */
export async function deleteCluster(
  account: Account,
  ref: string,
  ifMatch: string | undefined,
): Promise<ClusterResource> {
  const current = await getCluster(account, ref)
  checkIfMatch(ifMatch, toClusterResource(current))
  try {
    const { cluster } = await account.ecs().deleteCluster({ cluster: ref })
    const after = { ...current, ...cluster, tags: current.tags }
    account.recentWrites.record('cluster', shortName(ref), { before: current, after, fields: ['status'] })
    return toClusterResource(after)
  } catch (error) {
    throw error instanceof Conflict ? await conflictWithContents(account, ref, error) : error
  }
}

/**
 * Plans the deletion. ECS's counts of a cluster leave out the tasks that are stopping, but they prevent the deletion.
 * @param planningAccount records calls and sends no writes
 * @throws the same as `deleteCluster`
 */
export async function planClusterDeletion(
  planningAccount: Account,
  ref: string,
  ifMatch: string | undefined,
): Promise<ClusterResource> {
  const after = await deleteCluster(planningAccount, ref, ifMatch)
  const stopping = await findStoppingTasks(planningAccount, ref)
  if (stopping.length > 0) throw stoppingConflict(planningAccount, ref, stopping)
  return after
}

/** Returns the ids of the tasks that are stopping. ListTasks returns them together with stopped tasks. */
async function findStoppingTasks(account: Account, cluster: string): Promise<string[]> {
  const arns = await itemsOfAllPages(async (nextToken) => {
    const page = { cluster, desiredStatus: 'STOPPED', maxResults: tasksPerCall, nextToken } as const
    const { taskArns, nextToken: following } = await account.ecs().listTasks(page)
    return { items: taskArns, nextToken: following }
  })
  const described = await mapInBatches(arns, tasksPerCall, async (tasks) => {
    return (await account.ecs().describeTasks({ cluster, tasks })).tasks ?? []
  })
  const stopping = described.filter(({ lastStatus }) => lastStatus !== 'STOPPED')
  return stopping.map(({ taskArn = '' }) => shortName(taskArn))
}

const tasksPerCall = 100

/** @param stopping the ids of the tasks; empty when ECS does not list them */
function stoppingConflict({ boundaryTag }: Account, ref: string, stopping: readonly string[]): Conflict {
  const unlisted = boundaryTag ? 'tasks that are stopping or outside of the boundary' : 'tasks that are stopping'
  const count = stopping.length === 1 ? '1 task that is stopping' : `${stopping.length} tasks that are stopping`
  const contents = stopping.length === 0 ? unlisted : `${count}: ${firstNamesText(stopping)}`
  return new Conflict('ClusterContainsTasks', `The cluster ${shortName(ref)} still contains ${contents}.`, {
    next: 'Wait until they have stopped, then repeat the request.',
    // `retryable`: the tasks stop by themselves, so a client may repeat the request without a person.
    extensionMembers: { tasks: [...stopping], retryable: true },
  })
}

/** Returns ECS's error with the services or tasks that the cluster contains. */
async function conflictWithContents(account: Account, ref: string, error: Conflict): Promise<Conflict> {
  switch (error.code) {
    case 'ClusterContainsServices':
      return servicesConflict(account, ref)
    case 'ClusterContainsTasks':
      return tasksConflict(account, ref)
    default:
      return error
  }
}

async function servicesConflict(account: Account, ref: string): Promise<Conflict> {
  const { serviceArns = [], nextToken } = await account.ecs().listServices({ cluster: ref, maxResults: 100 })
  const services = serviceArns.map(shortName)
  // ListServices does not return draining services, but a cluster with such a service cannot be deleted.
  const unlisted = account.boundaryTag
    ? 'services that are draining or outside of the boundary'
    : 'services that are draining'
  const atLeast = nextToken ? `at least ${services.length} ` : ''
  const contents = services.length > 0 ? `${atLeast}services: ${firstNamesText(services)}` : unlisted
  return new Conflict('ClusterContainsServices', `The cluster ${shortName(ref)} still contains ${contents}.`, {
    next:
      services.length > 0
        ? 'Delete the services first, and wait until they are INACTIVE.'
        : 'Wait until they are INACTIVE, then repeat the request.',
    extensionMembers: { services, ...(services.length === 0 && { retryable: true }) },
  })
}

async function tasksConflict(account: Account, ref: string): Promise<Conflict> {
  const { taskArns = [], nextToken } = await account.ecs().listTasks({ cluster: ref, maxResults: 100 })
  const tasks = (account.boundaryTag ? await withinBoundary(account, ref, taskArns) : taskArns).map(shortName)
  if (tasks.length === 0) return stoppingConflict(account, ref, await findStoppingTasks(account, ref))
  const count = `${nextToken ? 'at least ' : ''}${tasks.length} ${tasks.length === 1 ? 'task' : 'tasks'}`
  return new Conflict(
    'ClusterContainsTasks',
    `The cluster ${shortName(ref)} still contains ${count}: ${firstNamesText(tasks)}.`,
    {
      next: 'Stop the tasks first, then repeat the request.',
      extensionMembers: { tasks },
    },
  )
}

/** Removes tasks outside of the boundary: ListTasks returns them, DescribeTasks does not. */
async function withinBoundary(account: Account, cluster: string, arns: string[]): Promise<string[]> {
  if (arns.length === 0) return []
  const { tasks = [] } = await account.ecs().describeTasks({ cluster, tasks: arns })
  return tasks.map(({ taskArn = '' }) => taskArn)
}
