import type { Service, Task } from '@aws-sdk/client-ecs'
import { shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { clusterOf } from '../services/get.ts'
import { describeAndIndexTasks } from '../tasks/describe.ts'
import { earliestTaskCreation } from '../tasks/earliest-creation.ts'

/** A hundred stopped tasks are enough to find the causes. They need two calls to AWS. */
const maxTasks = 100

/** Describes up to a hundred stopped tasks of the service, the newest first. ECS keeps them for about an hour. */
export async function describeStoppedTasks(account: Account, service: Service): Promise<Task[]> {
  const cluster = clusterOf(service)
  const { serviceName } = service
  const { taskArns = [] } = await account
    .ecs()
    .listTasks({ cluster, serviceName, desiredStatus: 'STOPPED', maxResults: maxTasks })
  const tasks = await describeAndIndexTasks(account, cluster, taskArns.map(shortName))
  const createdSince = earliestTaskCreation(account, service)
  return tasks
    .filter(({ lastStatus, createdAt }) => lastStatus === 'STOPPED' && (createdAt?.getTime() ?? 0) >= createdSince)
    .sort((a, b) => (b.stoppedAt?.getTime() ?? 0) - (a.stoppedAt?.getTime() ?? 0))
}
