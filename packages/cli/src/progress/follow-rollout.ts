/** Follows the deployment that a command made, until its end, the timeout, or Ctrl-C, and gives the verdict. */
import { setTimeout as pause } from 'node:timers/promises'
import type { AccountClient, Rollout, Service, ServiceDeployment } from '@ecs-api/client'
import { deploymentSentence } from '@ecs-api/client/words'
import { deploymentsCanFail } from '../circuit-breaker-flag.ts'
import type { Input } from '../command.ts'
import { CliError } from '../errors.ts'
import { failureTexts } from '../shapes/task-failures.ts'
import { annotation, clockText, type ProgressMode, startProgress } from './progress.ts'
import { RevisionNames } from './revision-names.ts'
import { countState, deploymentState, withoutCounts } from './rollout-state.ts'

export const defaultTimeoutSeconds = 900

export interface FollowOptions {
  input: Input
  account: AccountClient
  /** `Deploying web:8 to prod/www`. */
  title: string
  rollout: Pick<Rollout, 'progress'>
  service: Service
}

/** @returns the service after the deployment @throws CliError with exit code 6, 7 or 130 and the verdict */
export async function followRollout({ input, account, title, rollout, service }: FollowOptions): Promise<Service> {
  const { out, flags, signal, environment, now } = input
  const ref = { cluster: service.cluster, name: service.name }
  const name = `${ref.cluster}/${ref.name}`
  const timeoutSeconds = flags.seconds('timeout') ?? defaultTimeoutSeconds
  const timeout = AbortSignal.timeout(timeoutSeconds * 1000)
  const mode = (flags.text('progress') as ProgressMode | undefined) ?? 'auto'
  const progress = startProgress({ title, timeoutSeconds, mode, out, environment, now })
  const startedAt = now()
  const names = new RevisionNames()
  names.learn(service)
  const reasons = new Set<string>()
  let last: ServiceDeployment | undefined
  let current = service
  let hasEnded = false
  const end = () => {
    if (!hasEnded) progress.end()
    hasEnded = true
  }
  try {
    for await (const step of rollout.progress({ signal: AbortSignal.any([signal, timeout]) })) {
      if (step.service) {
        current = step.service
        progress.update(countState(current))
        continue
      }
      if (!step.deployment) throw new CliError(6, `✗ ${name}: ${step.sentence}`)
      last = step.deployment
      const { targetServiceRevision, sourceServiceRevisions = [] } = last
      const isNamed = [targetServiceRevision, ...sourceServiceRevisions].every((revision) => names.find(revision))
      if (!isNamed) await names.learnReleases(account, service, signal)
      progress.update(deploymentState(last, names))
      // Tasks of one deployment fail for few reasons. Each reason is printed once; the counts have the failed tasks.
      for (const failure of last.taskFailures) {
        const isFirst = reasons.size === 0
        if (reasons.has(failure.reason)) continue
        reasons.add(failure.reason)
        progress.add(await failureLine(account, ref.cluster, failure))
        if (isFirst && last.status === 'IN_PROGRESS' && !deploymentsCanFail(current))
          progress.add(`The circuit breaker is off, so ECS goes on. End it: ecs-api deployments stop ${name}`, 'remark')
      }
    }
  } catch (error) {
    end()
    const state = last ? sentenceOnce(last, now()) : 'It was not seen yet.'
    if (signal.aborted) {
      const exit = signal.reason instanceof CliError ? signal.reason.exit : 130
      const next = `Watch it: ecs-api watch ${name}   Roll it back: ecs-api rollback ${name}`
      throw new CliError(exit, 'The deployment continues.', next)
    }
    if (timeout.aborted)
      throw new CliError(
        7,
        [
          `✗ ${name}: after ${clockText(timeoutSeconds * 1000)} the deployment continues (--timeout). ${state}`,
          ...failuresLines(last),
        ].join('\n'),
        `Watch it: ecs-api watch ${name}   Why: ecs-api why ${name}`,
      )
    throw error
  }
  end()
  const time = clockText(now() - startedAt)
  current = await account.services.get(ref, { fresh: true, signal })
  if (last && last.status !== 'SUCCESSFUL') throw await failureVerdict(input, account, current, last)
  const { taskDefinition, runningCount, desiredCount } = current
  out.note(`✓ ${name} runs ${taskDefinition}: ${runningCount} of ${desiredCount} tasks running after ${time}.`, 'green')
  return current
}

/** The deployment's sentence has the counts, and so has the gateway's text at its end. */
function sentenceOnce(deployment: ServiceDeployment, now: number): string {
  const { waitingFor = '' } = deployment
  return deploymentSentence({ ...deployment, waitingFor: withoutCounts(waitingFor) }, now)
}

/** Causes that only say that tasks failed. */
const consequences = /^(DeploymentFailed|StartBackOff|TasksFailing|Unknown)$/

/** The deployment's sentence, and the first cause of the gateway's diagnosis, or the reason of the failed tasks. */
async function failureVerdict(
  { out, environment, now, signal }: Input,
  account: AccountClient,
  service: Service,
  deployment: ServiceDeployment,
): Promise<CliError> {
  const name = `${service.cluster}/${service.name}`
  const verdict = `✗ ${name}: ${deploymentSentence(deployment, now())}`
  const causes = await causeLines(account, service, deployment, signal)
  const lines = [verdict, ...causes.map((line) => `  ${line}`)]
  if (environment.GITHUB_ACTIONS === 'true' && !out.wantsJson) out.note(annotation(lines.join(' ')))
  const isBack = /^ROLLBACK_(REQUESTED|IN_PROGRESS|SUCCESSFUL)$/.test(deployment.status)
  const next = isBack ? '' : `   Roll back: ecs-api rollback ${name}`
  return new CliError(6, lines.join('\n'), `Why: ecs-api why ${name}${next}`)
}

const causeTries = 10
const causePauseMs = 300

/**
 * The cause of the deployment's own failed tasks, and without such tasks the one of its service. The last tasks may stop
 * after the circuit breaker has counted them.
 */
async function causeLines(
  account: AccountClient,
  service: Service,
  deployment: ServiceDeployment,
  signal: AbortSignal,
): Promise<string[]> {
  const tries = deployment.deploymentCircuitBreaker?.status === 'TRIGGERED' ? causeTries : 1
  const ref = { cluster: service.cluster, service: service.name, id: deployment.id }
  let failures = deployment.taskFailures
  for (let count = 1; failures.length === 0 && count < tries; count++) {
    await pause(causePauseMs, undefined, { signal })
    failures = await account.deployments.get(ref, { signal, fresh: true }).then(
      ({ taskFailures }) => taskFailures,
      () => failures,
    )
  }
  const task = failures.at(-1)?.task.split('/').at(-1)
  const read = { signal, fresh: true }
  const diagnosis = await (task === undefined
    ? account.services.diagnosis(service, read)
    : account.tasks.diagnosis({ cluster: ref.cluster, id: task }, read)
  ).catch(() => undefined)
  const cause = diagnosis?.causes.find(({ severity, code }) => severity === 'error' && !consequences.test(code))
  if (!cause) return failureTexts(failures).slice(0, 1)
  return [failures.length > 1 ? `${cause.summary.replace(/\.$/, '')}, in ${failures.length} tasks.` : cause.summary]
}

/** The most frequent reason. */
function failuresLines(deployment: ServiceDeployment | undefined): string[] {
  return failureTexts(deployment?.taskFailures ?? [])
    .slice(0, 1)
    .map((text) => `  ${text}`)
}

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
  const line = logs?.items.at(-1)?.message
  const end = /[.!?]$/.test(reason) ? '' : '.'
  return `Task ${id.slice(0, 8)} failed: ${reason}${line === undefined ? '' : `${end} Last line: ${line}`}`
}
