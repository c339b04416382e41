/**
 * The health checks that the new tasks of a deployment have not passed yet. ECS reports no result until a check has
 * passed once, or has failed several times in a row.
 */
import type { Service } from '@aws-sdk/client-ecs'
import type { Account } from '../aws/account.ts'
import type { AccountLogs } from '../logs/account-logs.ts'
import { clusterOf } from '../services/get.ts'
import { isDeploying, primaryDeployment } from '../services/primary-deployment.ts'
import { findTaskHealth } from '../services/task-health.ts'
import type { DeploymentTasks } from '../services/waiting-for.ts'
import { describeMatchingTasks } from '../tasks/describe.ts'
import type { Evidence } from './diagnosis.ts'
import { checkCommandEvidence, findHealthCheckedContainers } from './health-check.ts'

export interface PendingHealth {
  deploymentTasks: DeploymentTasks
  /** The commands of the checks. */
  evidence: Evidence[]
}

/**
 * Describes the new tasks with at most three calls to AWS.
 * @returns undefined when no deployment is in progress, or all running new tasks are healthy or have no check
 */
export async function findPendingHealth(
  account: Account,
  service: Service,
  { definitions }: Pick<AccountLogs, 'definitions'>,
): Promise<PendingHealth | undefined> {
  const { id, taskDefinition, runningCount = 0 } = primaryDeployment(service) ?? {}
  if (!isDeploying(service) || taskDefinition === undefined || runningCount === 0) return undefined
  const query = { service: service.serviceName, status: 'RUNNING' } as const
  const tasks = (await describeMatchingTasks(account, clusterOf(service), query)).filter(
    ({ startedBy, lastStatus }) => startedBy === id && lastStatus !== 'STOPPED',
  )
  const checked = (await findHealthCheckedContainers(taskDefinition, definitions)) ?? []
  const health = await findTaskHealth(tasks, async () => checked)
  if (!health || health.healthy === health.running) return undefined
  return { deploymentTasks: { tasks, health }, evidence: checkCommandEvidence(checked) }
}
