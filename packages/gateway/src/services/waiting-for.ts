/**
 * The step that ECS now takes in a deployment that has not ended, since when, and the step that follows by itself. ECS
 * has no such fields. They are computed only from the deployment, its tasks, their definition and the service's events,
 * so equal responses of AWS give equal steps. Times are fields of their own, so that a client formats them. The counts
 * of tasks are in other fields of the deployment.
 */
import type {
  Deployment,
  DeploymentConfiguration,
  DeploymentLifecycleHookDetail,
  Service,
  ServiceDeployment,
  ServiceRevisionSummary,
  Task,
} from '@aws-sdk/client-ecs'
import { shortName } from '@ecs-api/ecs-model'
import { currentBlocker, isStoppingTasks, lastProgressAt } from './blockers.ts'
import { deploymentIdOf } from './primary-deployment.ts'
import type { TaskHealth } from './task-health.ts'

/** A rolling deployment in figures. */
interface Rollout {
  startedAt: Date | undefined
  /** Tasks of the new revision. */
  requested: number
  running: number
  pending: number
  /** Tasks of earlier revisions. */
  oldRunning: number
  failed: number
  configuration: DeploymentConfiguration | undefined
}

/** The tasks of the deployment that have not stopped, and the health of the running ones. */
export interface DeploymentTasks {
  tasks: readonly Task[]
  health: TaskHealth | undefined
}

/** The current step of ECS. */
export interface DeploymentStep {
  text: string
  since: Date | undefined
  /** The step that follows by itself, at this time at the earliest. */
  next?: { at: Date; text: string } | undefined
}

type Step = Omit<DeploymentStep, 'since'>

/** @returns undefined for a deployment that has ended */
export function stepOfDeployment(
  deployment: ServiceDeployment,
  service: Service,
  deploymentTasks: DeploymentTasks,
): DeploymentStep | undefined {
  const { status, createdAt, startedAt = createdAt, updatedAt } = deployment
  switch (status) {
    case 'PENDING':
      return { text: 'ECS has not started the deployment yet', since: createdAt }
    case 'STOP_REQUESTED':
      return { text: 'ECS is stopping the deployment', since: updatedAt }
    case 'ROLLBACK_REQUESTED':
      return { text: 'ECS is about to roll back', since: updatedAt }
    case 'ROLLBACK_IN_PROGRESS':
      return { text: rollbackProgress(deployment, service), since: deployment.rollback?.startedAt ?? updatedAt }
    case 'IN_PROGRESS':
      return (
        stepOfStage(deployment, startedAt, deploymentTasks.health) ??
        stepOfRollout(rolloutOf(deployment), service, deploymentTasks)
      )
    default:
      return undefined
  }
}

/**
 * The step of a deployment in the service's description, which has counts of tasks and not the tasks. The text begins
 * with the counts, because it stands alone.
 * @param deploymentTasks the tasks, where they have been described
 */
export function stepOfListedDeployment(
  service: Service,
  deployment: Deployment,
  deploymentTasks: DeploymentTasks = { tasks: [], health: undefined },
): DeploymentStep {
  const older = (service.deployments ?? []).filter(({ id }) => id !== deployment.id)
  const rollout: Rollout = {
    startedAt: deployment.createdAt,
    requested: deployment.desiredCount ?? 0,
    running: deployment.runningCount ?? 0,
    pending: deployment.pendingCount ?? 0,
    oldRunning: older.reduce((sum, { runningCount = 0 }) => sum + runningCount, 0),
    failed: deployment.failedTasks ?? 0,
    configuration: service.deploymentConfiguration,
  }
  const step = stepOfRollout(rollout, service, deploymentTasks)
  return { ...step, text: `${countsOf(rollout)}; ${step.text}` }
}

function stepOfRollout(rollout: Rollout, service: Service, deploymentTasks: DeploymentTasks): DeploymentStep {
  const { startedAt, configuration = {} } = rollout
  const { minimumHealthyPercent = 100, maximumPercent = 200 } = configuration
  const blocker = currentBlocker(service.events ?? [], startedAt, { minimumHealthyPercent, maximumPercent })
  if (blocker) return { text: blocker.text, since: blocker.at }
  const since = lastProgressAt(service.events ?? [], startedAt) ?? startedAt
  return { ...progressOf(rollout, service, deploymentTasks), since }
}

function countsOf({ running, requested, oldRunning, failed }: Rollout): string {
  const old = oldRunning > 0 ? `, and ${tasksText(oldRunning, 'old ')} still run${oldRunning === 1 ? 's' : ''}` : ''
  const counts =
    running > requested
      ? `${running} new tasks run, and ${requested} are desired`
      : `${running} of ${requested} new tasks run`
  return `${counts}${old}${failed > 0 ? `, ${failed} failed` : ''}`
}

function progressOf(
  { startedAt, running, requested, pending, oldRunning }: Rollout,
  service: Service,
  { tasks, health }: DeploymentTasks,
): Step {
  const starting = tasks.filter(({ lastStatus }) => statusesBeforeRunning.has(lastStatus ?? ''))
  const phases = [...new Set(starting.map(phaseOf))].map(
    (phase) => `${tasksText(starting.filter((task) => phaseOf(task) === phase).length)} ${phase}`,
  )
  const step = healthStep(health)
  if (phases.length > 0 || pending > 0) {
    const text = phases.join(', ') || `ECS starts ${tasksText(pending)}`
    return step ? { ...step, text: `${text}; ${step.text}` } : { text }
  }
  if (step) return step
  if (running < requested) return { text: 'ECS is about to start the next tasks' }
  if (oldRunning > 0) {
    if (!isStoppingTasks(service.events ?? [], startedAt))
      return { text: 'ECS waits until they are healthy, then stops the old tasks' }
    return { text: service.loadBalancers?.length ? 'ECS drains and stops the old tasks' : 'ECS stops the old tasks' }
  }
  return { text: 'ECS waits until all tasks are healthy and the service is steady' }
}

const statusesBeforeRunning = new Set(['PROVISIONING', 'PENDING', 'ACTIVATING'])

/**
 * ECS Developer Guide, "Amazon ECS task lifecycle". Fargate shows the times of the image pull only when the task runs.
 * Endpoints other than Amazon's may show them during the pull.
 */
function phaseOf({ lastStatus, pullStartedAt, pullStoppedAt }: Task): string {
  if (lastStatus === 'PROVISIONING') return 'waiting for capacity and a network interface'
  if (lastStatus === 'ACTIVATING') return 'being registered with load balancers and service discovery'
  if (pullStoppedAt) return 'starting containers'
  return pullStartedAt ? 'pulling images' : 'pulling images or starting containers'
}

/** Undefined when all running tasks are healthy, or have no health check. */
function healthStep(health: TaskHealth | undefined): Step | undefined {
  if (!health || health.healthy === health.running) return undefined
  const { running, healthy, failing, earliestVerdict } = health
  const noneText =
    running === 1
      ? 'the running new task has not passed its health check yet'
      : `none of the ${running} running new tasks has passed its health check yet`
  const someText = `${healthy} of ${tasksText(running)} pass their health checks`
  const failures = failing > 0 ? `, ${failing} ${failing === 1 ? 'fails' : 'fail'} them` : ''
  const text = healthy + failing === 0 ? noneText : `${someText}${failures}`
  if (!earliestVerdict) return { text }
  const { at, retries } = earliestVerdict
  const checks = retries === 1 ? '1 failed check' : `${retries} failed checks in a row`
  return { text, next: { at, text: `ECS stops a task after ${checks}` } }
}

function rolloutOf(deployment: ServiceDeployment): Rollout {
  const { targetServiceRevision: target, sourceServiceRevisions = [], deploymentCircuitBreaker } = deployment
  return {
    startedAt: deployment.startedAt ?? deployment.createdAt,
    requested: target?.requestedTaskCount ?? 0,
    running: target?.runningTaskCount ?? 0,
    pending: target?.pendingTaskCount ?? 0,
    oldRunning: countRunningTasks(sourceServiceRevisions),
    failed: deploymentCircuitBreaker?.failureCount ?? 0,
    configuration: deployment.deploymentConfiguration,
  }
}

function countRunningTasks(revisions: readonly ServiceRevisionSummary[]): number {
  return revisions.reduce((sum, { runningTaskCount = 0 }) => sum + runningTaskCount, 0)
}

function rollbackProgress(
  { rollback, sourceServiceRevisions = [], ...deployment }: ServiceDeployment,
  { deployments = [] }: Service,
): string {
  const revision = rollback?.serviceRevisionArn
  const target = sourceServiceRevisions.find(({ arn }) => arn === revision)
  const counts = target ? `: ${target.runningTaskCount ?? 0} of its ${target.requestedTaskCount ?? 0} tasks run` : ''
  const reason = (rollback?.reason ?? deployment.statusReason ?? '').replace(/\.$/, '')
  const restored = deployments.find(({ id }) => id === deploymentIdOf(revision))?.taskDefinition
  const name = restored ? shortName(restored) : `the revision ${shortName(revision ?? '') || 'before'}`
  return `ECS rolls back to ${name}${counts}${reason && ` (${reason})`}`
}

/**
 * The step of a running lifecycle hook, for an alarm, or for the stage of a blue/green, canary or linear
 * deployment (ECS Developer Guide, "Amazon ECS blue/green service deployments workflow"). Undefined for other rolling
 * deployments.
 */
function stepOfStage(
  deployment: ServiceDeployment,
  startedAt: Date | undefined,
  health: TaskHealth | undefined,
): DeploymentStep | undefined {
  const { lifecycleStage, lifecycleHookDetails = [], alarms, updatedAt } = deployment
  const hook = lifecycleHookDetails.map((details) => hookStep(details, lifecycleStage)).find(Boolean)
  if (hook) return { ...hook, since: updatedAt }
  if (alarms?.status === 'TRIGGERED')
    return {
      text: `ECS ends the deployment: the alarm ${alarms.triggeredAlarmNames?.join(', ')} is on`,
      since: updatedAt,
    }
  const text = stageText(deployment)
  if (!text) return undefined
  const step = lifecycleStage === 'SCALE_UP' ? healthStep(health) : undefined
  return { ...step, text: step ? `${text}; ${step.text}` : text, since: updatedAt ?? startedAt }
}

function hookStep(
  { status, targetArn, targetType, expiresAt, timeoutAction = 'ROLLBACK' }: DeploymentLifecycleHookDetail,
  stage: string | undefined,
): Step | undefined {
  if (status === 'AWAITING_ACTION') {
    return {
      text: `Waiting for you${stageWords(stage)}`,
      ...(expiresAt && { next: { at: expiresAt, text: `Without an answer ECS ${timeoutVerbs[timeoutAction]}` } }),
    }
  }
  if (status !== 'IN_PROGRESS') return undefined
  const name = targetArn ? ` ${targetArn.split(':').at(-1)}` : ''
  return {
    text: `ECS waits for the ${targetType === 'AWS_LAMBDA' ? 'Lambda function' : 'hook'}${name}${stageWords(stage)}`,
  }
}

const timeoutVerbs = { ROLLBACK: 'rolls back', CONTINUE: 'continues' }

/** ` after the scale-up` for POST_SCALE_UP; empty without a stage. */
function stageWords(stage: string | undefined): string {
  const [, when = '', name] = /^(PRE|POST)?_?(.+)$/.exec(stage ?? '') ?? []
  if (name === undefined) return ''
  const preposition = { PRE: 'before', POST: 'after' }[when] ?? 'during'
  return ` ${preposition} the ${stageNames[name] ?? name.toLowerCase().replaceAll('_', ' ')}`
}

const stageNames: Readonly<Record<string, string>> = {
  RECONCILE_SERVICE: 'reconciliation of the service',
  SCALE_UP: 'scale-up',
  CLEAN_UP: 'clean-up',
}

function stageText(deployment: ServiceDeployment): string | undefined {
  const { lifecycleStage, targetServiceRevision: target = {}, sourceServiceRevisions = [] } = deployment
  const { deploymentConfiguration: configuration = {} } = deployment
  if ((configuration.strategy ?? 'ROLLING') === 'ROLLING') return undefined
  const production = target.requestedProductionTrafficWeight ?? 0
  const old = countRunningTasks(sourceServiceRevisions)
  switch (lifecycleStage) {
    case 'RECONCILE_SERVICE':
      return 'ECS reconciles a service that still has several active revisions'
    case 'PRE_SCALE_UP':
      return 'ECS is about to start the new tasks; the old ones get all traffic'
    case 'SCALE_UP':
      return 'ECS starts the new tasks, without traffic'
    case 'POST_SCALE_UP':
      return 'the new tasks are started; ECS is about to send them test traffic'
    case 'TEST_TRAFFIC_SHIFT':
      return `ECS moves the test traffic to the new tasks: ${target.requestedTestTrafficWeight ?? 0} % so far`
    case 'POST_TEST_TRAFFIC_SHIFT':
      return 'the new tasks get all test traffic; ECS is about to move the production traffic'
    case 'PRODUCTION_TRAFFIC_SHIFT':
      return `ECS moves the production traffic to the new tasks: ${production} % so far${shiftPlan(configuration)}`
    case 'POST_PRODUCTION_TRAFFIC_SHIFT':
      return 'the new tasks get all production traffic; ECS is about to begin the bake time'
    case 'BAKE_TIME':
      return `ECS keeps ${tasksText(old, 'old ')} for the bake time of ${configuration.bakeTimeInMinutes ?? 0} min`
    case 'CLEAN_UP':
      return `ECS stops ${tasksText(old, 'old ')}`
    default:
      return undefined
  }
}

function shiftPlan({ strategy, canaryConfiguration, linearConfiguration }: DeploymentConfiguration): string {
  if (strategy === 'CANARY' && canaryConfiguration) {
    const { canaryPercent, canaryBakeTimeInMinutes } = canaryConfiguration
    return ` (${canaryPercent} % first, the rest after ${canaryBakeTimeInMinutes} min)`
  }
  if (strategy === 'LINEAR' && linearConfiguration) {
    const { stepPercent, stepBakeTimeInMinutes } = linearConfiguration
    return ` (${stepPercent} % every ${stepBakeTimeInMinutes} min)`
  }
  return ''
}

function tasksText(count: number, kind = ''): string {
  return `${count} ${kind}${count === 1 ? 'task' : 'tasks'}`
}
