import type { Service, ServiceEvent, Task } from '@aws-sdk/client-ecs'
import { shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import type { AccountLogs } from '../logs/account-logs.ts'
import { clusterOf, getService } from '../services/get.ts'
import { isDeploying, primaryDeployment } from '../services/primary-deployment.ts'
import { stepOfListedDeployment } from '../services/waiting-for.ts'
import { toTaskResource } from '../tasks/schema.ts'
import { causeOfText } from './causes.ts'
import { describeStoppedTasks } from './describe-stopped-tasks.ts'
import { diagnosedPeriod, isInPeriod } from './diagnosed-period.ts'
import { type Diagnosis, type Finding, type NotChecked, type Status, toDiagnosis } from './diagnosis.ts'
import { deploymentInProgress, eventCauses, healthCheckPending, tasksDoNotStay, tasksFailing } from './event-causes.ts'
import { findFailedDeployment } from './failed-deployment.ts'
import { withHealthChecks, withOutputsFirst } from './health-check.ts'
import { withLastLines } from './last-lines.ts'
import { withLocalImages } from './local-images.ts'
import { findPendingHealth, type PendingHealth } from './pending-health.ts'
import { reasonCauses } from './reason-causes.ts'
import { findReplacedTasks } from './replaced-tasks.ts'
import { asTaskFacts, findStopCause } from './stopped-task.ts'
import { unsupportedChecks } from './unsupported-checks.ts'

/**
 * Diagnoses a service with at most five calls to AWS: for the service, the list of its stopped tasks, their
 * descriptions, a task definition that is not cached, and the last lines of a failed container. When CloudWatch Logs
 * returns these lines in two pages, or a health check of another definition failed, there is a sixth call. Without a
 * finding, the lines are not read. Then the new tasks of a deployment in progress are listed and described.
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
  const found = mergeByCause([...taskFindings(account, service, stopped), ...eventFindings(account, service)])
  const { findings, notChecked } = await withLastLines(await withLocalImages(account, found), logs)
  const pendingHealth = found.length === 0 ? await findPendingHealth(account, service, logs) : undefined
  return assembleDiagnosis(account, service, await withHealthChecks(findings, logs), { notChecked, pendingHealth })
}

/** Merges findings of the same cause: tasks and events can have the same cause. */
function mergeByCause(findings: readonly Finding[]): Finding[] {
  return [...Map.groupBy(findings, ({ cause }) => cause.code).values()].map(([first, ...others]) => ({
    ...first!,
    evidence: [first!, ...others].flatMap(({ evidence }) => evidence),
  }))
}

/** Diagnoses a service by its description and its events, without calls to AWS. */
export function diagnoseWithoutCalls(account: Account, service: Service): Diagnosis {
  return assembleDiagnosis(account, service, eventFindings(account, service))
}

/**
 * Returns a finding for the number of failed tasks that ECS counts in a deployment. An event with their cause comes
 * later, or never.
 */
function failedTasksFinding(service: Service): Finding[] {
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

/** Returns a finding for tasks that end by themselves. The tasks are not described, so their cause is not known. */
function replacedTasksFinding(service: Service): Finding[] {
  const replaced = findReplacedTasks(service, Date.now())
  if (!replaced) return []
  const minutes = Math.ceil((Date.now() - replaced.countedSince) / 60_000)
  const summary = `Tasks keep ending: ${replaced.count} were replaced within ${minutes} min.`
  return [{ cause: tasksDoNotStay, summary, evidence: [{ kind: 'event', text: summary }] }]
}

/** Adds the causes that the service's description shows, and derives the status and the summary. */
function assembleDiagnosis(
  account: Account,
  service: Service,
  found: readonly Finding[],
  {
    notChecked = [],
    pendingHealth,
  }: { notChecked?: readonly NotChecked[]; pendingHealth?: PendingHealth | undefined } = {},
): Diagnosis {
  const findings = found.length > 0 ? found : [...failedTasksFinding(service), ...replacedTasksFinding(service)]
  const primary = primaryDeployment(service)
  const isInProgress = isDeploying(service)
  const causes = [...findings]
  if (primary && isInProgress && !findings.some(({ cause }) => cause.severity === 'error')) {
    const { text, since, next } = stepOfListedDeployment(service, primary, pendingHealth?.deploymentTasks)
    causes.push({
      cause: pendingHealth ? healthCheckPending : deploymentInProgress,
      summary: `${text}.`,
      evidence: [
        { kind: 'deployment', at: since?.toISOString(), text },
        ...(next
          ? [{ kind: 'deployment' as const, at: next.at.toISOString(), text: `${next.text}, from then on` }]
          : []),
        ...(pendingHealth?.evidence ?? []),
      ],
    })
  }
  const status = statusOf(service, findings, isInProgress)
  const isHealthy = status === 'healthy' && causes.length === 0
  const first = causes.find(({ cause }) => cause.severity !== 'expected')
  const counts = countsSentence(service)
  const rolledBack = findings.find(({ summary }) => summary === rollbackSummary(service))
  const reasons = status === 'healthy' ? [] : [rolledBack, first].flatMap((finding) => finding?.summary ?? [])
  const summary = [`${counts}.`, ...new Set(reasons)].join(' ')
  return toDiagnosis(account, {
    status,
    summary,
    findings: causes,
    notChecked: isHealthy ? [] : [...notChecked, ...unsupportedChecks(account)],
  })
}

/** Counts new and old tasks separately during a deployment: a sum would hide that no new task runs. */
function countsSentence(service: Service): string {
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
  // Errors count even when all tasks run: they are newer than the last steady state, so a replacement has just started.
  const doTasksKeepEnding = findReplacedTasks(service, Date.now()) !== undefined
  if (hasError || isFailed || doTasksKeepEnding) return runningCount === 0 && desiredCount > 0 ? 'failing' : 'degraded'
  return isInProgress || runningCount < desiredCount ? 'progressing' : 'healthy'
}

/**
 * Returns one finding for each cause of failed tasks, the most frequent cause first, with the newest tasks as evidence.
 * @param stopped stopped tasks, the newest first
 */
function taskFindings(account: Account, service: Service, stopped: readonly Task[]): Finding[] {
  const period = diagnosedPeriod(service)
  const byCause = new Map<string, { finding: Finding; count: number }>()
  for (const task of stopped) {
    if (!isInPeriod(task, period)) continue
    const resource = toTaskResource(task)
    const path = `/v1/ecs/${account.name}/clusters/${clusterOf(service)}/tasks/${resource.id}`
    const finding = findStopCause(asTaskFacts(resource), path)
    if (finding.cause.severity === 'expected') continue
    const existing = byCause.get(finding.cause.code)
    if (!existing) byCause.set(finding.cause.code, { finding, count: 1 })
    else {
      existing.count++
      if (existing.count <= maxTasksAsEvidence) existing.finding.evidence.push(...finding.evidence)
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

/** Returns a sentence about the rollback; undefined when the last deployment has not been rolled back. */
function rollbackSummary(service: Service): string | undefined {
  const definition = findFailedDeployment(service, Date.now())?.rolledBackTo
  return definition === undefined
    ? undefined
    : `The last deployment failed; ECS rolled back to ${shortName(definition)}.`
}

const maxEventsAsEvidence = 3

/** Returns one finding for each cause in the events of the diagnosed period, with the newest events as evidence. */
function eventFindings(account: Account, service: Service): Finding[] {
  const { startsAt } = diagnosedPeriod(service)
  const findings = new Map<string, Finding>()
  for (const event of service.events ?? []) {
    if ((event.createdAt?.getTime() ?? 0) < startsAt) break
    const finding = findingOf(account, service, event)
    const existing = finding && findings.get(finding.cause.code)
    if (!finding) continue
    if (!existing) findings.set(finding.cause.code, finding)
    else existing.evidence.push(...finding.evidence)
  }
  return [...findings.values()].map((finding) => ({
    ...finding,
    evidence: withOutputsFirst(finding.evidence).slice(0, maxEventsAsEvidence),
  }))
}

function findingOf(account: Account, service: Service, { message = '', createdAt }: ServiceEvent): Finding | undefined {
  const cause = causeOfText(message, eventCauses) ?? causeOfText(message, reasonCauses)
  if (!cause || cause.severity === 'expected') return undefined
  const resource = `/v1/ecs/${account.name}/clusters/${clusterOf(service)}/services/${shortName(service.serviceArn ?? '')}`
  const at = createdAt?.toISOString()
  const taskDefinition = failingDefinition(service)
  return {
    cause,
    summary: (cause.code === 'DeploymentFailed' && rollbackSummary(service)) || `${cause.title}.`,
    evidence: [{ kind: 'event', ...(at !== undefined && { at }), text: message, resource }],
    ...(taskDefinition !== undefined && { healthCheck: { taskDefinition, unhealthyContainers: [] } }),
  }
}

/** The task definition of the deployment that the diagnosis is about; undefined when ECS no longer returns it. */
function failingDefinition(service: Service): string | undefined {
  const failed = findFailedDeployment(service, Date.now())
  if (!failed) return primaryDeployment(service)?.taskDefinition
  return service.deployments?.find(({ id }) => id === failed.id)?.taskDefinition
}
