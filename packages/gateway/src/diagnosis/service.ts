import type { Service, ServiceEvent, Task } from '@aws-sdk/client-ecs'
import { shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import type { AccountLogs } from '../logs/account-logs.ts'
import { clusterOf, getService } from '../services/get.ts'
import { isDeploying, primaryDeployment } from '../services/primary-deployment.ts'
import { waitingForListedDeployment } from '../services/waiting-for.ts'
import { presentTask } from '../tasks/schema.ts'
import { causeOfText } from './causes.ts'
import { describeStoppedTasks } from './describe-stopped-tasks.ts'
import { diagnosedPeriod, isDiagnosed } from './diagnosed-period.ts'
import { type Diagnosis, diagnosisOf, type Finding, type NotChecked, type Status } from './diagnosis.ts'
import { deploymentInProgress, eventCauses, tasksFailing } from './event-causes.ts'
import { findFailedDeployment } from './failed-deployment.ts'
import { withLastLines } from './last-lines.ts'
import { laterChecks } from './later-checks.ts'
import { reasonCauses } from './reason-causes.ts'
import { factsOf, findStopCause } from './stopped-task.ts'

/**
 * Says how a service is, and why it is not well. It costs at most five calls to AWS: the service, its stopped tasks and
 * their descriptions, the task definition where it is not cached, and the last lines of a failed container; a sixth one
 * where CloudWatch Logs returns these in two pages.
 * @throws NotFound `ServiceNotFound`, `ClusterNotFound`
 */
export async function diagnoseService(
  account: Account,
  cluster: string,
  ref: string,
  logs: AccountLogs,
): Promise<Diagnosis> {
  const service = await getService(account, cluster, ref)
  const stopped = await describeStoppedTasks(account, service)
  const found = merged([...taskFindings(account, service, stopped), ...eventFindings(account, service)])
  const { findings, notChecked } = await withLastLines(found, logs)
  return diagnosisFrom(account, service, findings, notChecked)
}

/** Each cause once: tasks and events can name the same one. */
function merged(findings: readonly Finding[]): Finding[] {
  return [...Map.groupBy(findings, ({ cause }) => cause.code).values()].map(([first, ...others]) => ({
    ...first!,
    evidence: [first!, ...others].flatMap(({ evidence }) => evidence),
  }))
}

/** The diagnosis of a service by its own description and events, without calls. */
export function diagnoseDescribed(account: Account, service: Service): Diagnosis {
  return diagnosisFrom(account, service, eventFindings(account, service))
}

/** ECS counts the tasks of a deployment that failed one after the other. Events name their cause later, or never. */
function failedTasks(service: Service): Finding[] {
  const { failedTasks = 0, taskDefinition = '', updatedAt } = primaryDeployment(service) ?? {}
  if (failedTasks === 0 || !isDeploying(service)) return []
  const count = failedTasks === 1 ? '1 task' : `${failedTasks} tasks`
  const summary = `${count} of the deployment of ${shortName(taskDefinition)} failed.`
  const at = updatedAt?.toISOString()
  return [
    {
      cause: tasksFailing,
      summary,
      evidence: [{ kind: 'deployment', ...(at !== undefined && { at }), text: summary }],
    },
  ]
}

function diagnosisFrom(
  account: Account,
  service: Service,
  found: readonly Finding[],
  notChecked: readonly NotChecked[] = [],
): Diagnosis {
  const findings = found.length > 0 ? found : failedTasks(service)
  const primary = primaryDeployment(service)
  const isInProgress = isDeploying(service)
  const causes = [...findings]
  if (primary && isInProgress && !findings.some(({ cause }) => cause.severity === 'error')) {
    const summary = waitingForListedDeployment(service, primary)
    causes.push({
      cause: deploymentInProgress,
      summary: `${summary}.`,
      evidence: [{ kind: 'deployment', text: summary }],
    })
  }
  const status = statusOf(service, findings, isInProgress)
  const isWell = status === 'healthy' && causes.length === 0
  const first = causes.find(({ cause }) => cause.severity !== 'expected')
  const counts = countsOf(service)
  const rolledBack = findings.find(({ summary }) => summary === rollbackSummary(service))
  const reasons = status === 'healthy' ? [] : [rolledBack, first].flatMap((finding) => finding?.summary ?? [])
  const summary = [`${counts}.`, ...new Set(reasons)].join(' ')
  return diagnosisOf(account, status, summary, causes, isWell ? [] : [...notChecked, ...laterChecks(account)])
}

/** While old tasks keep the service up, the counts of all its tasks would hide that no new one runs. */
function countsOf(service: Service): string {
  const { runningCount = 0, desiredCount = 0, status } = service
  if (status === 'DRAINING') return `The service is being deleted, and ${runningCount} of its tasks still run`
  const { runningCount: newCount = 0, desiredCount: requested = 0 } = primaryDeployment(service) ?? {}
  const oldCount = runningCount - newCount
  if (isDeploying(service) && oldCount > 0)
    return `${newCount} of ${requested} new tasks run, and ${oldCount} old ${oldCount === 1 ? 'task still runs' : 'tasks still run'}`
  if (runningCount > desiredCount) return `${runningCount} tasks run, and ${desiredCount} are desired`
  return `${runningCount} of ${desiredCount} tasks run`
}

function statusOf(service: Service, findings: readonly Finding[], isInProgress: boolean): Status {
  const { runningCount = 0, desiredCount = 0, status } = service
  if (status !== 'ACTIVE') return status === 'DRAINING' ? 'progressing' : 'unknown'
  const hasError = findings.some(({ cause }) => cause.severity === 'error')
  const isFailed = primaryDeployment(service)?.rolloutState === 'FAILED'
  // Also with all tasks running: the errors are newer than the last steady state, so a replacement has just started.
  if (hasError || isFailed) return runningCount === 0 && desiredCount > 0 ? 'failing' : 'degraded'
  return isInProgress || runningCount < desiredCount ? 'progressing' : 'healthy'
}

/**
 * One finding for each cause of failed tasks, with the newest tasks as evidence; the most frequent cause first.
 * @param stopped the newest first
 */
function taskFindings(account: Account, service: Service, stopped: readonly Task[]): Finding[] {
  const period = diagnosedPeriod(service)
  const byCause = new Map<string, { finding: Finding; count: number }>()
  for (const task of stopped) {
    if (!isDiagnosed(task, period)) continue
    const resource = presentTask(task)
    const path = `/v1/ecs/${account.name}/clusters/${clusterOf(service)}/tasks/${resource.id}`
    const finding = findStopCause(factsOf(resource), path)
    if (finding.cause.severity === 'expected') continue
    const known = byCause.get(finding.cause.code)
    if (!known) byCause.set(finding.cause.code, { finding, count: 1 })
    else {
      known.count++
      if (known.count <= maxTasksAsEvidence) known.finding.evidence.push(...finding.evidence)
    }
  }
  return [...byCause.values()]
    .sort((a, b) => b.count - a.count)
    .map(({ finding, count }) => ({
      ...finding,
      summary: count === 1 ? finding.summary : `${finding.summary.replace(/\.$/, '')}, in ${count} tasks.`,
    }))
}

const maxTasksAsEvidence = 3

/** Undefined when the last deployment has not been rolled back. */
function rollbackSummary(service: Service): string | undefined {
  const to = findFailedDeployment(service, Date.now())?.rolledBackTo
  return to === undefined ? undefined : `The last deployment failed; ECS rolled back to ${shortName(to)}.`
}

const maxEventsAsEvidence = 3

/** Causes that the events of the diagnosed period name, each once, with the newest events as evidence. */
function eventFindings(account: Account, service: Service): Finding[] {
  const { since } = diagnosedPeriod(service)
  const findings = new Map<string, Finding>()
  for (const event of service.events ?? []) {
    if ((event.createdAt?.getTime() ?? 0) < since) break
    const finding = findingOf(account, service, event)
    const known = finding && findings.get(finding.cause.code)
    if (!finding) continue
    if (!known) findings.set(finding.cause.code, finding)
    else if (known.evidence.length < maxEventsAsEvidence) known.evidence.push(...finding.evidence)
  }
  return [...findings.values()]
}

function findingOf(account: Account, service: Service, { message = '', createdAt }: ServiceEvent): Finding | undefined {
  const cause = causeOfText(message, eventCauses) ?? causeOfText(message, reasonCauses)
  if (!cause || cause.severity === 'expected') return undefined
  const resource = `/v1/ecs/${account.name}/clusters/${clusterOf(service)}/services/${shortName(service.serviceArn ?? '')}`
  const at = createdAt?.toISOString()
  return {
    cause,
    summary: (cause.code === 'DeploymentFailed' && rollbackSummary(service)) || `${cause.title}.`,
    evidence: [{ kind: 'event', ...(at !== undefined && { at }), text: message, resource }],
  }
}
