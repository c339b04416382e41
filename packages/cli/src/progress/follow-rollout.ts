/** Follows a deployment until its end, the timeout or Ctrl-C, and reports its verdict. */
import { setTimeout as pause } from 'node:timers/promises'
import type { AccountClient, Diagnosis, Rollout, Service, ServiceDeployment } from '@ecs-api/client'
import { deploymentSentence, hadNoRollbackTarget } from '@ecs-api/client/words'
import { causeLines, withoutReportedReason } from '../cause-lines.ts'
import { failingTasksEndDeployments } from '../circuit-breaker-flag.ts'
import type { CommandInput } from '../command.ts'
import { CliError, exitCode, WorkFailed } from '../errors.ts'
import { failureTexts } from '../views/task-failures.ts'
import { earlyHealthRemark } from './early-health.ts'
import { githubAnnotation, type ProgressMode, startProgress, stopwatchText } from './progress.ts'
import { RevisionDefinitions } from './revision-definitions.ts'
import { countState, deploymentState } from './rollout-state.ts'

export const defaultTimeoutSeconds = 900

export interface FollowOptions {
  input: CommandInput
  account: AccountClient
  /** The first line of the progress: `Deploying web:8 to prod/www`. */
  title: string
  rollout: Pick<Rollout, 'progress'>
  /** The service when the deployment began. */
  service: Service
  /** The work that continues after Ctrl-C and after the timeout. Default: the deployment. */
  work?: 'deployment' | 'scaling'
  /** How to undo it, such as `Roll it back: ecs-api rollback prod/www`. Default: stopping the deployment. */
  undo?: string
}

/** The options for a change of the desired count alone: it makes no deployment, and a rollback keeps the count. */
export function scalingFollowOptions(name: string, formerCount: number): Pick<FollowOptions, 'work' | 'undo'> {
  return { work: 'scaling', undo: `Scale it back: ecs-api scale ${name} ${formerCount}` }
}

/** @returns the service after the deployment @throws CliError with exit code 6, 7 or 130 and the verdict */
export async function followRollout({
  input,
  account,
  title,
  rollout,
  service,
  work = 'deployment',
  undo,
}: FollowOptions): Promise<Service> {
  const { out, flags, signal, environment, now } = input
  const ref = { cluster: service.cluster, name: service.name }
  const name = `${ref.cluster}/${ref.name}`
  const timeoutSeconds = flags.seconds('timeout') ?? defaultTimeoutSeconds
  const timeout = AbortSignal.timeout(timeoutSeconds * 1000)
  const mode = (flags.text('progress') as ProgressMode | undefined) ?? 'auto'
  const progress = startProgress({ title, timeoutSeconds, mode, out, environment, now })
  const startedAtMs = now()
  const revisions = new RevisionDefinitions()
  revisions.addService(service)
  const reportedReasons = new Set<string>()
  let latestDeployment: ServiceDeployment | undefined
  let latestService = service
  let hasProgressEnded = false
  const endProgress = () => {
    if (!hasProgressEnded) progress.end()
    hasProgressEnded = true
  }
  try {
    for await (const step of rollout.progress({ signal: AbortSignal.any([signal, timeout]) })) {
      if (step.service) {
        latestService = step.service
        progress.update(countState(latestService))
        continue
      }
      if (!step.deployment) {
        const problem = { code: 'DeploymentFailed', detail: `${name}: ${step.sentence}`, resource: service } as const
        throw new WorkFailed(exitCode.failed, `✗ ${name}: ${step.sentence}`, undefined, problem)
      }
      latestDeployment = step.deployment
      const { targetServiceRevision, sourceServiceRevisions = [] } = latestDeployment
      const areAllKnown = [targetServiceRevision, ...sourceServiceRevisions].every((revision) =>
        revisions.find(revision),
      )
      if (!areAllKnown) await revisions.addReleases(account, service, signal)
      progress.update(deploymentState(latestDeployment, revisions, now()))
      // Each reason is printed once, for its first task. The counts of the progress include all failed tasks.
      for (const failure of latestDeployment.taskFailures) {
        const isFirst = reportedReasons.size === 0
        if (reportedReasons.has(failure.reason)) continue
        reportedReasons.add(failure.reason)
        progress.addLine(await failureLine(account, ref.cluster, failure))
        if (isFirst && latestDeployment.status === 'IN_PROGRESS' && !failingTasksEndDeployments(latestService))
          progress.addLine(
            `The circuit breaker is off, so ECS continues. Stop the deployment: ecs-api deployments stop ${name}`,
            'remark',
          )
      }
    }
  } catch (error) {
    endProgress()
    const watch = work === 'deployment' ? `Watch it: ecs-api watch ${name}` : `See it: ecs-api status ${name}`
    if (signal.aborted) {
      const code = signal.reason instanceof CliError ? signal.reason.exitCode : exitCode.interrupted
      const next = `${watch}   ${undo ?? `Stop it: ecs-api deployments stop ${name}`}`
      throw new CliError(code, `The ${work} continues.`, next)
    }
    if (timeout.aborted) {
      const state = latestDeployment
        ? ` ${deploymentSentence(latestDeployment, now())}`
        : work === 'deployment'
          ? ' The gateway has not shown the deployment yet.'
          : ''
      const duration = stopwatchText(timeoutSeconds * 1000)
      const sentence = `${name}: after ${duration} the ${work} continues (--timeout).${state}`
      const failures = failureTexts(latestDeployment?.taskFailures ?? []).slice(0, 1)
      throw new WorkFailed(
        exitCode.timeout,
        [`✗ ${sentence}`, ...failures.map((text) => `  ${text}`)].join('\n'),
        `${watch}   Why: ecs-api why ${name}`,
        { code: 'WaitTimeout', detail: [sentence, ...failures].join(' '), resource: latestService },
      )
    }
    throw error
  }
  const elapsedMs = now() - startedAtMs
  latestService = await account.services.get(ref, { fresh: true, signal })
  if (work === 'deployment' && latestDeployment?.status === 'SUCCESSFUL') {
    const remark = await earlyHealthRemark({ client: input.client, account }, latestService, elapsedMs)
    if (remark !== undefined) progress.addLine(remark, 'remark')
  }
  endProgress()
  const time = stopwatchText(elapsedMs)
  if (latestDeployment && latestDeployment.status !== 'SUCCESSFUL')
    throw await failureVerdict(input, account, latestService, latestDeployment, reportedReasons)
  const { taskDefinition, runningCount, desiredCount } = latestService
  const tasks = `${runningCount} of ${desiredCount} ${desiredCount === 1 ? 'task' : 'tasks'}`
  out.note(`✓ ${name} runs ${taskDefinition}: ${tasks} running after ${time}.`, 'green')
  return latestService
}

/** The codes of causes that only say that tasks failed, and not why. */
const genericCauseCodes = /^(DeploymentFailed|StartBackOff|TasksFailing|Unknown)$/

/** The error for a failed deployment: its sentence, and the first cause that the gateway's diagnosis finds. */
async function failureVerdict(
  { out, flags, environment, now, signal }: CommandInput,
  account: AccountClient,
  service: Service,
  deployment: ServiceDeployment,
  reportedReasons: ReadonlySet<string>,
): Promise<CliError> {
  const name = `${service.cluster}/${service.name}`
  const sentence = `${name}: ${deploymentSentence(deployment, now())}`
  const { cause, failures } = await readCause(account, service, deployment, signal)
  const foundLines = cause ? causeLines(cause, failures.length) : failureTexts(failures).slice(0, 1)
  const lines = [`✗ ${sentence}`, ...foundLines.map((line) => `  ${line}`)]
  if (environment.GITHUB_ACTIONS === 'true' && !out.stderrIsJson) out.note(githubAnnotation(lines.join(' ')))
  const isRolledBack = /^ROLLBACK_(REQUESTED|IN_PROGRESS|SUCCESSFUL)$/.test(deployment.status)
  const rollbackHint = isRolledBack || hadNoRollbackTarget(deployment) ? '' : `   Roll back: ecs-api rollback ${name}`
  const hasShownReasons = !flags.isSet('quiet') && flags.text('progress') !== 'none'
  const shownLines = hasShownReasons ? lines.map((line) => withoutReportedReason(line, reportedReasons)) : lines
  const code = signal.aborted ? (signal.reason as CliError).exitCode : exitCode.failed
  return new WorkFailed(code, shownLines.join('\n'), `Why: ecs-api why ${name}${rollbackHint}`, {
    code: 'DeploymentFailed',
    detail: [sentence, cause?.summary ?? foundLines[0]].filter(Boolean).join(' '),
    resource: service,
    deployment: deployment.id,
    cause,
  })
}

type DiagnosisCause = Diagnosis['causes'][number]

const maxCauseTries = 10
const causePauseMs = 300

/**
 * Reads the cause of the deployment's failed tasks, or without such tasks the cause of its service. When the circuit
 * breaker ended the deployment, its tasks may fail a moment later, so they are read again. Ctrl-C ends this wait, and
 * the verdict is then without a cause.
 */
async function readCause(
  account: AccountClient,
  service: Service,
  deployment: ServiceDeployment,
  signal: AbortSignal,
): Promise<{ cause: DiagnosisCause | undefined; failures: ServiceDeployment['taskFailures'] }> {
  const maxTries = deployment.deploymentCircuitBreaker?.status === 'TRIGGERED' ? maxCauseTries : 1
  const ref = { cluster: service.cluster, service: service.name, id: deployment.id }
  let failures = deployment.taskFailures
  for (let tries = 1; failures.length === 0 && tries < maxTries && !signal.aborted; tries++) {
    await pause(causePauseMs, undefined, { signal }).catch(() => {})
    failures = await account.deployments.get(ref, { signal, fresh: true }).then(
      ({ taskFailures }) => taskFailures,
      () => failures,
    )
  }
  const taskId = failures.at(-1)?.task.split('/').at(-1)
  const readOptions = { signal, fresh: true }
  const diagnosis = await (taskId === undefined
    ? account.services.diagnosis(service, readOptions)
    : account.tasks.diagnosis({ cluster: ref.cluster, id: taskId }, readOptions)
  ).catch(() => undefined)
  const cause = diagnosis?.causes.find(({ severity, code }) => severity === 'error' && !genericCauseCodes.test(code))
  return { cause, failures }
}

/** The line of one failed task, with its last log line. */
async function failureLine(
  account: AccountClient,
  cluster: string,
  { task, reason }: ServiceDeployment['taskFailures'][number],
): Promise<string> {
  const id = task.split('/').at(-1)!
  const logs = await account.tasks
    .logs(`${cluster}/${id}`, { limit: 1 })
    .page()
    .catch(() => undefined)
  const lastLogLine = logs?.items.at(-1)?.message
  const fullStop = /[.!?]$/.test(reason) ? '' : '.'
  return `Task ${id.slice(0, 8)} failed: ${reason}${lastLogLine === undefined ? '' : `${fullStop} Last line: ${lastLogLine}`}`
}
