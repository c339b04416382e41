/**
 * Deployments of a service, as ECS's service deployments, with their progress and their failed tasks. ECS's brief of a
 * deployment (`ServiceDeploymentBrief`) is an item of ListServiceDeployments.
 */
import type {
  Service,
  ServiceDeployment,
  ServiceDeploymentBrief,
  StopServiceDeploymentStopType,
  Task,
} from '@aws-sdk/client-ecs'
import { parseArn, shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { itemsOfAllPages, mapInBatches } from '../aws/reads/paging.ts'
import { type Page, type PageQuery, pageOf } from '../http/list.ts'
import { readUnlessUnsupported, type UnavailablePart, unavailableMember } from '../http/unavailable-parts.ts'
import { Conflict, NotFound } from '../problems/problem.ts'
import { type JsonObject, toApiShape } from '../shapes/to-api-shape.ts'
import { describeMatchingTasks } from '../tasks/describe.ts'
import { stopReasonOf } from '../tasks/wait.ts'
import { describedDeployments } from './described-deployments.ts'
import { clusterOf, getService } from './get.ts'
import { deploymentIdOf } from './primary-deployment.ts'
import { type FindHealthCheckedContainers, findTaskHealth } from './task-health.ts'
import { type DeploymentStep, stepOfDeployment } from './waiting-for.ts'

/**
 * The missing part that a response names in its member `unavailable` when the AWS endpoint does not offer service
 * deployments: the response then has only the deployments in the service's description, which lacks ended ones.
 */
const endedDeployments = 'ended deployments'

/**
 * Lists the service's deployments, newest first.
 * @throws NotFound `ServiceNotFound`
 */
export async function listDeployments(
  account: Account,
  cluster: string,
  ref: string,
  query: PageQuery,
  findHealthCheckedContainers: FindHealthCheckedContainers,
): Promise<Page<JsonObject> & { unavailable?: UnavailablePart[] }> {
  const service = await getService(account, cluster, ref)
  const order = {
    key: (brief: ServiceDeploymentBrief) => [brief.createdAt?.getTime() ?? 0, brief.serviceDeploymentArn ?? ''],
    directions: ['descending'] as const,
  }
  const unavailable: UnavailablePart[] = []
  const fromEcs = await readUnlessUnsupported(endedDeployments, unavailable, async () => {
    const { items, nextCursor } = pageOf(await collectBriefs(account, service), order, query)
    const arns = items.map((brief) => brief.serviceDeploymentArn ?? '')
    const [deployments, tasks] = await Promise.all([
      describeDeployments(account, arns),
      describeTasksOf(account, service, items.every(isFinished) ? 'STOPPED' : 'ALL'),
    ])
    return { items: deployments, nextCursor, tasks }
  })
  const { items, nextCursor, tasks } = fromEcs ?? {
    ...pageOf(describedDeployments(service), order, query),
    tasks: await describeTasksOf(account, service, 'ALL'),
  }
  return {
    items: await Promise.all(
      items.map((deployment) => toDeploymentResource(deployment, service, tasks, findHealthCheckedContainers)),
    ),
    nextCursor,
    ...unavailableMember(unavailable),
  }
}

/**
 * The brief of a deployment (`ecs-svc/N`). ECS keeps it after the deployment has left the service's description.
 * @param since leaves out deployments created before this time
 */
export async function findDeploymentBrief(
  account: Account,
  service: Service,
  deploymentId: string,
  since?: Date,
): Promise<ServiceDeploymentBrief | undefined> {
  const briefs = await collectBriefs(account, service, since)
  return briefs.find(({ targetServiceRevisionArn }) => deploymentIdOf(targetServiceRevisionArn) === deploymentId)
}

/**
 * The briefs of all deployments that ECS keeps, which is for 90 days.
 * @param since leaves out deployments created before this time
 */
export async function collectBriefs(
  account: Account,
  service: Service,
  since?: Date,
): Promise<ServiceDeploymentBrief[]> {
  const briefs: ServiceDeploymentBrief[] = []
  await itemsOfAllPages(async (nextToken) => {
    const listed = await account.ecs().listServiceDeployments({
      cluster: clusterOf(service),
      service: service.serviceName,
      maxResults: 100,
      nextToken,
      ...(since && { createdAt: { after: since } }),
    })
    briefs.push(...(listed.serviceDeployments ?? []))
    return { items: [], nextToken: listed.nextToken }
  })
  return briefs
}

/** @throws NotFound `ServiceNotFound`, `DeploymentNotFound` */
export async function getDeployment(
  account: Account,
  cluster: string,
  ref: string,
  id: string,
  findHealthCheckedContainers: FindHealthCheckedContainers,
): Promise<JsonObject> {
  const service = await getService(account, cluster, ref)
  const unavailable: UnavailablePart[] = []
  const [fromEcs, tasks] = await Promise.all([
    readUnlessUnsupported(endedDeployments, unavailable, () => getServiceDeployment(account, service, id)),
    describeTasksOf(account, service, 'ALL'),
  ])
  const deployment = fromEcs ?? describedDeployments(service).find(hasId(id))
  if (!deployment) throw deploymentNotFound(service, id)
  return {
    ...(await toDeploymentResource(deployment, service, tasks, findHealthCheckedContainers)),
    ...unavailableMember(unavailable),
  }
}

const hasId =
  (ref: string) =>
  ({ serviceDeploymentArn = '' }: ServiceDeployment) =>
    serviceDeploymentArn === ref || shortName(serviceDeploymentArn) === ref

/**
 * Stops a deployment in progress.
 * @throws NotFound `ServiceNotFound`, `DeploymentNotFound`
 * @throws Conflict `DeploymentFinished`
 */
export async function stopDeployment(
  account: Account,
  cluster: string,
  ref: string,
  id: string,
  stopType: StopServiceDeploymentStopType,
  findHealthCheckedContainers: FindHealthCheckedContainers,
): Promise<JsonObject> {
  const service = await getService(account, cluster, ref)
  const deployment = await getServiceDeployment(account, service, id)
  rejectFinished(deployment)
  await account.ecs().stopServiceDeployment({ serviceDeploymentArn: deployment.serviceDeploymentArn, stopType })
  return getDeployment(account, cluster, ref, id, findHealthCheckedContainers)
}

/**
 * Continues or rolls back a deployment that waits at a PAUSE hook.
 * @throws NotFound `ServiceNotFound`, `DeploymentNotFound`
 * @throws Conflict `DeploymentFinished`; `ResourceInUse` when the deployment does not wait at a hook
 */
export async function continueDeployment(
  account: Account,
  cluster: string,
  ref: string,
  id: string,
  action: 'CONTINUE' | 'ROLLBACK',
  findHealthCheckedContainers: FindHealthCheckedContainers,
): Promise<JsonObject> {
  const service = await getService(account, cluster, ref)
  const deployment = await getServiceDeployment(account, service, id)
  rejectFinished(deployment)
  const hook = deployment.lifecycleHookDetails?.find((details) => details.status === 'AWAITING_ACTION')
  if (!hook?.hookId)
    throw new Conflict('ResourceInUse', `The deployment ${id} does not wait at a hook: it is ${deployment.status}.`, {
      next: 'Repeat the request while one of its lifecycle hooks has the status AWAITING_ACTION.',
    })
  await account
    .ecs()
    .continueServiceDeployment({ serviceDeploymentArn: deployment.serviceDeploymentArn, hookId: hook.hookId, action })
  return getDeployment(account, cluster, ref, id, findHealthCheckedContainers)
}

async function getServiceDeployment(account: Account, service: Service, ref: string): Promise<ServiceDeployment> {
  const id = shortName(ref)
  const scope = parseArn(service.serviceArn ?? '')
  const resource = `service-deployment/${clusterOf(service)}/${service.serviceName}/${id}`
  const arn = `arn:${scope?.partition}:ecs:${scope?.region}:${scope?.account}:${resource}`
  const isOfService = ref === arn || !ref.startsWith('arn:')
  const [found] =
    isOfService && /^[\w-]{1,64}$/.test(id) ? await describeDeployments(account, [arn]).catch(noneIfUnknown) : []
  if (!found) throw deploymentNotFound(service, id)
  return found
}

function deploymentNotFound({ serviceName }: Service, id: string): NotFound {
  return new NotFound('DeploymentNotFound', `The service ${serviceName} has no deployment "${id}".`, {
    next: 'GET …/deployments lists its deployments.',
  })
}

function noneIfUnknown(error: unknown): ServiceDeployment[] {
  if (error instanceof NotFound) return []
  throw error
}

export function describeDeployments(account: Account, arns: readonly string[]): Promise<ServiceDeployment[]> {
  return mapInBatches(arns, 20, async (batch) => {
    const { serviceDeployments = [] } = await account.ecs().describeServiceDeployments({ serviceDeploymentArns: batch })
    const byArn = new Map(serviceDeployments.map((deployment) => [deployment.serviceDeploymentArn, deployment]))
    return batch.flatMap((arn) => byArn.get(arn) ?? [])
  })
}

const finishedStatuses = new Set(['SUCCESSFUL', 'STOPPED', 'ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED'])

/** Whether the deployment has ended: ECS does not change it any more. */
export function isFinished({ status }: { status?: unknown }): boolean {
  return finishedStatuses.has(String(status))
}

function rejectFinished({ status, serviceDeploymentArn }: ServiceDeployment): void {
  if (isFinished({ status }))
    throw new Conflict(
      'DeploymentFinished',
      `The deployment ${shortName(serviceDeploymentArn ?? '')} has finished: it is ${status}.`,
      { next: 'Only a deployment in progress can be stopped or continued.' },
    )
}

function describeTasksOf(account: Account, service: Service, status: 'STOPPED' | 'ALL'): Promise<Task[]> {
  return describeMatchingTasks(account, clusterOf(service), { service: service.serviceName, status })
}

/** Whether the task has failed: it stopped, and neither a user nor a scale-in stopped it. */
function hasFailed({ lastStatus, stopCode, stoppedReason }: Task): boolean {
  if (lastStatus !== 'STOPPED' || stopCode === 'UserInitiated') return false
  return stopCode !== 'ServiceSchedulerInitiated' || !/^Scaling activity/.test(stoppedReason ?? '')
}

/** The last failed task of a deployment (`ecs-svc/N`) and its reason; undefined when ECS returns none. */
export async function describeLastFailure(
  account: Account,
  service: Service,
  deploymentId: string,
): Promise<string | undefined> {
  const stopped = await describeTasksOf(account, service, 'STOPPED')
  const failed = stopped.filter((task) => task.startedBy === deploymentId && hasFailed(task))
  const [last] = failed.sort((a, b) => (b.stoppedAt?.getTime() ?? 0) - (a.stoppedAt?.getTime() ?? 0))
  return last && `task ${shortName(last.taskArn ?? '')}: ${stopReasonOf(last)}`
}

/** @param tasks tasks of the service, of all its deployments */
async function toDeploymentResource(
  deployment: ServiceDeployment,
  service: Service,
  tasks: readonly Task[],
  findHealthCheckedContainers: FindHealthCheckedContainers,
): Promise<JsonObject> {
  const deploymentId = deploymentIdOf(deployment.targetServiceRevision?.arn)
  const ownTasks = tasks.filter((task) => task.startedBy === deploymentId)
  const unstopped = ownTasks.filter(({ lastStatus }) => lastStatus !== 'STOPPED')
  const isInProgress = deployment.status === 'IN_PROGRESS'
  const health = isInProgress ? await findTaskHealth(unstopped, findHealthCheckedContainers) : undefined
  const step = stepOfDeployment(deployment, service, { tasks: unstopped, health })
  return {
    id: shortName(deployment.serviceDeploymentArn ?? ''),
    ...toApiShape('ServiceDeployment', deployment),
    progress: progressOf(deployment),
    ...(health && { healthyTaskCount: health.healthy }),
    taskFailures: ownTasks
      .filter(hasFailed)
      .map((task) => ({ task: shortName(task.taskArn ?? ''), reason: stopReasonOf(task) })),
    ...(step && waitingMembers(step)),
  }
}

function waitingMembers({ text, since, next }: DeploymentStep) {
  return {
    waitingFor: text,
    ...(since && { waitingSince: since.toISOString() }),
    ...(next && { nextStep: { at: next.at.toISOString(), text: next.text } }),
  }
}

/** Running ÷ requested tasks of the target revision: 1 when the deployment is SUCCESSFUL, until then at most 0.99. */
function progressOf({ status, targetServiceRevision: target }: ServiceDeployment): number {
  if (status === 'SUCCESSFUL') return 1
  const requested = target?.requestedTaskCount ?? 0
  const share = requested > 0 ? (target?.runningTaskCount ?? 0) / requested : 0
  return Math.min(Math.round(share * 100) / 100, 0.99)
}
