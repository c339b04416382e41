import { shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { requireMatch } from '../http/etag.ts'
import { Conflict, some } from '../problems/problem.ts'
import { getCluster } from './get.ts'
import { type ClusterResource, presentCluster } from './schema.ts'

/** @throws Conflict `ClusterContainsServices` or `ClusterContainsTasks`, with the names of what is in the way */
export async function deleteCluster(
  account: Account,
  ref: string,
  ifMatch: string | undefined,
): Promise<ClusterResource> {
  const current = await getCluster(account, ref)
  requireMatch(ifMatch, presentCluster(current))
  try {
    const { cluster } = await account.ecs().deleteCluster({ cluster: ref })
    const after = { ...current, ...cluster, tags: current.tags }
    account.ownWrites.record('cluster', shortName(ref), { before: current, after, fields: ['status'] })
    return presentCluster(after)
  } catch (error) {
    throw error instanceof Conflict ? await withWhatIsInTheWay(account, ref, error) : error
  }
}

async function withWhatIsInTheWay(account: Account, ref: string, error: Conflict): Promise<Conflict> {
  const name = shortName(ref)
  if (error.code === 'ClusterContainsServices') {
    const { serviceArns = [] } = await account.ecs().listServices({ cluster: ref, maxResults: 100 })
    const services = serviceArns.map(shortName)
    // A service that drains is not listed any more, but still keeps its cluster.
    const which =
      services.length > 0
        ? `: ${some(services)}`
        : account.org
          ? ' that are draining, or not seen here'
          : ' that are draining'
    return new Conflict('ClusterContainsServices', `${name} still holds services${which}.`, {
      next: 'Delete them first.',
      also: { services },
    })
  }
  if (error.code === 'ClusterContainsTasks') {
    const { taskArns = [] } = await account.ecs().listTasks({ cluster: ref, maxResults: 100 })
    const tasks = (account.org ? await seenAmong(account, ref, taskArns) : taskArns).map(shortName)
    return new Conflict(
      'ClusterContainsTasks',
      `${name} still holds ${tasks.length || (account.org ? 'stopping or unseen' : 'stopping')} tasks${tasks.length ? `: ${some(tasks)}` : ''}.`,
      {
        next: 'Stop them first.',
        also: { tasks },
      },
    )
  }
  return error
}

/** A list of tasks holds those, too, that are not to be seen. */
async function seenAmong(account: Account, cluster: string, arns: string[]): Promise<string[]> {
  if (arns.length === 0) return []
  const { tasks = [] } = await account.ecs().describeTasks({ cluster, tasks: arns })
  return tasks.map(({ taskArn = '' }) => taskArn)
}
