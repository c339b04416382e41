/**
 * Completes the cause `HealthCheckFailed`: its first evidence is the output of the last check, then the command of the
 * check, and its next steps fit the output.
 *
 * ECS never shows the output. The embedded engine has it in an event of the service. The kill of the containers is a
 * consequence of the failed check, and no evidence.
 */
import { shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import type { History } from '../history/history.ts'
import type { AccountLogs } from '../logs/account-logs.ts'
import type { ContainerWithCheck } from '../logs/container-logs.ts'
import { Problem } from '../problems/problem.ts'
import { findService } from '../services/get.ts'
import { getHistoryScope } from '../tasks/archive.ts'
import type { Evidence, Finding } from './diagnosis.ts'
import type { TaskFacts } from './stopped-task.ts'

const outputPattern = /\(task (\w+)\) \(container ([^)]+)\) health check failed: (.*)$/s

/** Sorts evidence with the output of a check first, and keeps one text of each output. */
export function withOutputsFirst(evidence: readonly Evidence[]): Evidence[] {
  const outputs = new Map<string, Evidence>()
  const others: Evidence[] = []
  for (const each of evidence) {
    const [, , container, output] = outputPattern.exec(each.text) ?? []
    if (output === undefined) others.push(each)
    else if (!outputs.has(`${container} ${output}`)) outputs.set(`${container} ${output}`, each)
  }
  return [...outputs.values(), ...others]
}

/** Adds the command of the check, which needs a call to AWS for a task definition that is not cached. */
export async function withHealthChecks(
  findings: readonly Finding[],
  { definitions }: Pick<AccountLogs, 'definitions'>,
): Promise<Finding[]> {
  return Promise.all(
    findings.map(async (finding) => {
      if (finding.cause.code !== 'HealthCheckFailed') return finding
      const evidence = withOutputsFirst(finding.evidence)
      const { unhealthyContainers = [], taskDefinition } = finding.healthCheck ?? {}
      const matches = evidence.flatMap(({ text }) => [outputPattern.exec(text)?.slice(2) ?? []])
      const knownOutputs = matches.filter(([container]) => container !== undefined)
      const names = [...knownOutputs.map(([container]) => container), ...unhealthyContainers]
      const found =
        taskDefinition === undefined ? undefined : await findHealthCheckedContainers(taskDefinition, definitions)
      const failed = found?.filter(({ container }) => names.length === 0 || names.includes(container)) ?? []
      const commands = checkCommandEvidence(failed)
      const outputs = knownOutputs.map(([, output = '']) => output).join('\n')
      const next = nextSteps(outputs, failed) ?? finding.cause.next
      return {
        ...finding,
        cause: { ...finding.cause, next },
        evidence: [...evidence.slice(0, knownOutputs.length), ...commands, ...evidence.slice(knownOutputs.length)],
      }
    }),
  )
}

/** The command of each container's check. */
export function checkCommandEvidence(checked: readonly ContainerWithCheck[]): Evidence[] {
  return checked.map(({ container, healthCheck: { command = [] } }) => ({
    kind: 'check',
    text: `health check of the container ${container}: ${command.join(' ')}`,
  }))
}

/** Returns the containers with a check; undefined when the definition was deleted or cannot be read. */
export async function findHealthCheckedContainers(
  taskDefinition: string,
  definitions: AccountLogs['definitions'],
): Promise<ContainerWithCheck[] | undefined> {
  try {
    return (await definitions.find(shortName(taskDefinition)))?.checkedContainers
  } catch (error) {
    if (error instanceof Problem) return undefined
    throw error
  }
}

/** Returns the events with the outputs of the task's checks; none where the account is not on the embedded engine. */
export async function findCheckOutputs(
  account: Account,
  cluster: string,
  { id, group = '', createdAt = '' }: TaskFacts,
  history: History,
): Promise<Evidence[]> {
  const [, name] = /^service:(.+)$/.exec(group) ?? []
  if (account.mode !== 'local' || name === undefined) return []
  try {
    // The description also adds the newest events to the history.
    const service = await findService(account, cluster, name)
    const resource = service && `/v1/ecs/${account.name}/clusters/${cluster}/services/${name}`
    const filter = {
      account: await getHistoryScope(account, cluster),
      cluster,
      service: name,
      since: createdAt,
      until: undefined,
    }
    const events = await history.listEvents(filter, maxEvents)
    return events
      .filter(({ message }) => outputPattern.exec(message)?.[1] === id)
      .map(({ at, message }) => ({ kind: 'event', at, text: message, ...(resource !== undefined && { resource }) }))
  } catch (error) {
    if (error instanceof Problem) return []
    throw error
  }
}

const maxEvents = 1000

/** Returns the steps of the first row whose pattern matches the output; undefined when no row matches. */
function nextSteps(output: string, failed: readonly ContainerWithCheck[]): string[] | undefined {
  return steps.find(([pattern]) => pattern.test(output))?.[1](failed)
}

const steps: readonly [output: RegExp, next: (failed: readonly ContainerWithCheck[]) => string[]][] = [
  [
    /connection refused|failed to connect|couldn.t connect/i,
    (failed) => {
      const ports = failed.flatMap((each) => each.ports).join(', ')
      const mapped = ports && ` (\`portMappings\` has ${ports})`
      return [
        `Nothing listens at that port in the container. Compare it with the port of the program${mapped}.`,
        'Raise `startPeriod` when the program needs time to start.',
      ]
    },
  ],
  [
    /\bHTTP\/\d(?:\.\d)? [45]\d\d\b|returned error: [45]\d\d\b/i,
    () => ['The program answers with an error. Compare the path in the command with the paths of the program.'],
  ],
  [
    /^exit code 12[67]\b|not found|no such file|the command could not be run/im,
    () => ['Check that the image has the programs that the command uses, such as curl.'],
  ],
  [
    /no end within|timed? ?out/i,
    () => [
      'The program does not answer in time: read its log, or raise `timeout` of the check.',
      'Raise `startPeriod` when the program needs time to start.',
    ],
  ],
]
