/** A service's deployments as ECS keeps them (service deployments), with how far they have come and what failed. */
import type {
  Service,
  ServiceDeployment,
  ServiceDeploymentBrief,
  StopServiceDeploymentStopType,
  Task,
} from '@aws-sdk/client-ecs'
import { parseArn, shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { everyPage, inBatches } from '../aws/reads/paging.ts'
import { type Page, type PageQuery, page } from '../http/list.ts'
import { Conflict, NotFound } from '../problems/problem.ts'
import { type JsonObject, present } from '../shapes/present.ts'
import { describeMatchingTasks } from '../tasks/describe.ts'
import { whyStopped } from '../tasks/wait.ts'
import { clusterOf, getService } from './get.ts'

/** Newest first. */
export async function listDeployments(
  account: Account,
  cluster: string,
  ref: string,
  query: PageQuery,
): Promise<Page<JsonObject>> {
  const service = await getService(account, cluster, ref)
  const order = {
    key: (brief: ServiceDeploymentBrief) => [brief.createdAt?.getTime() ?? 0, brief.serviceDeploymentArn ?? ''],
    directions: ['descending'] as const,
  }
  const { items, nextCursor } = page(await briefsOf(account, service), order, query)
  const arns = items.map((brief) => brief.serviceDeploymentArn ?? '')
  const [deployments, failed] = await Promise.all([describe(account, arns), failedTasks(account, service)])
  return { items: deployments.map((deployment) => presentDeployment(deployment, failed)), nextCursor }
}

/** How a deployment (`ecs-svc/N`) went that the service itself does not show any more. */
export async function historyOf(
  account: Account,
  service: Service,
  deploymentId: string,
): Promise<ServiceDeploymentBrief | undefined> {
  const briefs = await briefsOf(account, service)
  return briefs.find(({ targetServiceRevisionArn }) => deploymentIdOf(targetServiceRevisionArn) === deploymentId)
}

async function briefsOf(account: Account, service: Service): Promise<ServiceDeploymentBrief[]> {
  const briefs: ServiceDeploymentBrief[] = []
  await everyPage(async (nextToken) => {
    const listed = await account
      .ecs()
      .listServiceDeployments({ cluster: clusterOf(service), service: service.serviceName, maxResults: 100, nextToken })
    briefs.push(...(listed.serviceDeployments ?? []))
    return { items: [], nextToken: listed.nextToken }
  })
  return briefs
}

/** A service revision's ARN ends with the digits of the deployment's id. */
function deploymentIdOf(revisionArn: string | undefined): string {
  return `ecs-svc/${shortName(revisionArn ?? '')}`
}

export async function getDeployment(account: Account, cluster: string, ref: string, id: string): Promise<JsonObject> {
  const service = await getService(account, cluster, ref)
  const [deployment, failed] = await Promise.all([deploymentOf(account, service, id), failedTasks(account, service)])
  return presentDeployment(deployment, failed)
}

/** @throws Conflict `DeploymentFinished` */
export async function stopDeployment(
  account: Account,
  cluster: string,
  ref: string,
  id: string,
  stopType: StopServiceDeploymentStopType,
): Promise<JsonObject> {
  const service = await getService(account, cluster, ref)
  const deployment = await deploymentOf(account, service, id)
  refuseFinished(deployment)
  await account.ecs().stopServiceDeployment({ serviceDeploymentArn: deployment.serviceDeploymentArn, stopType })
  return getDeployment(account, cluster, ref, id)
}

/**
 * Lets a deployment that waits at a PAUSE hook go on (or back).
 * @throws Conflict `DeploymentFinished`, `ResourceInUse` when it waits at no hook
 */
export async function continueDeployment(
  account: Account,
  cluster: string,
  ref: string,
  id: string,
  action: 'CONTINUE' | 'ROLLBACK',
): Promise<JsonObject> {
  const service = await getService(account, cluster, ref)
  const deployment = await deploymentOf(account, service, id)
  refuseFinished(deployment)
  const hook = deployment.lifecycleHookDetails?.find((details) => details.status === 'AWAITING_ACTION')
  if (!hook?.hookId)
    throw new Conflict('ResourceInUse', `The deployment ${id} does not wait at a hook: it is ${deployment.status}.`)
  await account
    .ecs()
    .continueServiceDeployment({ serviceDeploymentArn: deployment.serviceDeploymentArn, hookId: hook.hookId, action })
  return getDeployment(account, cluster, ref, id)
}

async function deploymentOf(account: Account, service: Service, ref: string): Promise<ServiceDeployment> {
  const id = shortName(ref)
  const scope = parseArn(service.serviceArn ?? '')
  const arn = `arn:${scope?.partition}:ecs:${scope?.region}:${scope?.account}:service-deployment/${clusterOf(service)}/${service.serviceName}/${id}`
  const isOfService = ref === arn || !ref.startsWith('arn:')
  const [found] = isOfService && /^[\w-]{1,64}$/.test(id) ? await describe(account, [arn]).catch(unknown) : []
  if (!found)
    throw new NotFound('DeploymentNotFound', `There is no deployment ${id} of the service ${service.serviceName}.`, {
      next: 'GET …/deployments lists those that are there.',
    })
  return found
}

function unknown(error: unknown): ServiceDeployment[] {
  if (error instanceof NotFound) return []
  throw error
}

function describe(account: Account, arns: readonly string[]): Promise<ServiceDeployment[]> {
  return inBatches(arns, 20, async (batch) => {
    const { serviceDeployments = [] } = await account.ecs().describeServiceDeployments({ serviceDeploymentArns: batch })
    const byArn = new Map(serviceDeployments.map((deployment) => [deployment.serviceDeploymentArn, deployment]))
    return batch.flatMap((arn) => byArn.get(arn) ?? [])
  })
}

const finished = new Set(['SUCCESSFUL', 'STOPPED', 'ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED'])

/** Nothing will change any more. */
export function isFinished({ status }: { status?: unknown }): boolean {
  return finished.has(String(status))
}

function refuseFinished({ status, serviceDeploymentArn }: ServiceDeployment): void {
  if (isFinished({ status }))
    throw new Conflict(
      'DeploymentFinished',
      `The deployment ${shortName(serviceDeploymentArn ?? '')} is over: it is ${status}.`,
    )
}

/** Stopped tasks that were not stopped by the scheduler or a person. */
async function failedTasks(account: Account, service: Service): Promise<Task[]> {
  const stopped = await describeMatchingTasks(account, clusterOf(service), {
    service: service.serviceName,
    status: 'STOPPED',
  })
  return stopped.filter(({ stopCode, stoppedReason }) => {
    if (stopCode === 'ServiceSchedulerInitiated') return !/^Scaling activity/.test(stoppedReason ?? '')
    return stopCode !== 'UserInitiated'
  })
}

/** Why the last task failed that a deployment (`ecs-svc/N`) started; undefined where ECS shows none. */
export async function lastFailure(
  account: Account,
  service: Service,
  deploymentId: string,
): Promise<string | undefined> {
  const failed = (await failedTasks(account, service)).filter((task) => task.startedBy === deploymentId)
  const [last] = failed.sort((a, b) => (b.stoppedAt?.getTime() ?? 0) - (a.stoppedAt?.getTime() ?? 0))
  return last && `task ${shortName(last.taskArn ?? '')}: ${whyStopped(last)}`
}

function presentDeployment(deployment: ServiceDeployment, failed: readonly Task[]): JsonObject {
  const target = deployment.targetServiceRevision
  const startedBy = deploymentIdOf(target?.arn)
  return {
    id: shortName(deployment.serviceDeploymentArn ?? ''),
    ...present('ServiceDeployment', deployment),
    progress: progressOf(deployment),
    taskFailures: failed
      .filter((task) => task.startedBy === startedBy)
      .map((task) => ({ task: shortName(task.taskArn ?? ''), reason: whyStopped(task) })),
  }
}

/** Running ÷ requested tasks of the target revision; 1 only when SUCCESSFUL. */
function progressOf({ status, targetServiceRevision: target }: ServiceDeployment): number {
  if (status === 'SUCCESSFUL') return 1
  const requested = target?.requestedTaskCount ?? 0
  const share = requested > 0 ? (target?.runningTaskCount ?? 0) / requested : 0
  return Math.min(Math.round(share * 100) / 100, 0.99)
}
