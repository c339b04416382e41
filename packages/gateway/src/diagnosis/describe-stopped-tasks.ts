import type { Service, Task } from '@aws-sdk/client-ecs'
import { shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { clusterOf } from '../services/get.ts'
import { describeAndIndex } from '../tasks/describe.ts'

/** Two calls to AWS at most, also for a service with thousands of stopped tasks: a hundred tell the causes. */
const maxTasks = 100

/** Up to a hundred stopped tasks of the service, which ECS keeps for about an hour; the newest first. */
export async function describeStoppedTasks(account: Account, service: Service): Promise<Task[]> {
  const cluster = clusterOf(service)
  const { serviceName } = service
  const { taskArns = [] } = await account
    .ecs()
    .listTasks({ cluster, serviceName, desiredStatus: 'STOPPED', maxResults: maxTasks })
  const tasks = await describeAndIndex(account, cluster, taskArns.map(shortName))
  return tasks
    .filter(({ lastStatus }) => lastStatus === 'STOPPED')
    .sort((a, b) => (b.stoppedAt?.getTime() ?? 0) - (a.stoppedAt?.getTime() ?? 0))
}
