/**
 * Makes the task endpoint reachable in each task's network: a server on this machine's own address in the tasks'
 * network, and one rule in each task's namespace that redirects 169.254.170.2 to it.
 *
 * The rules need root on the Linux machine that runs the containers. Elsewhere there is no task endpoint, and one
 * notice says so.
 */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { parseArn } from '@ecs-api/ecs-model'
import type { Clock } from '../../clock.ts'
import type { Runtime, TaskNamespace, TaskSpec } from '../../runtimes/runtime.ts'
import type { AllEcsTables, EcsTables } from '../records/ecs-tables.ts'
import type { TaskRecord } from '../records/task-record.ts'
import { taskSpec } from '../tasks/task-spec.ts'
import { type AssumedRole, createTaskCredentials } from './task-credentials.ts'
import { endpointEnvironment, openTaskEndpoint, TASK_ENDPOINT_ADDRESS, type TaskEndpoint } from './task-endpoint.ts'
import type { TaskDns } from './task-metadata.ts'

export interface TaskEndpoints {
  /** The environment variables with which a container finds its task endpoint and the engine's AWS endpoint. */
  environment(task: TaskSpec, container: string): Record<string, string>
  /** Makes the endpoint reachable in the task's network. May be repeated. */
  open(task: TaskSpec, namespace: TaskNamespace): Promise<void>
  close(): Promise<void>
}

export interface TaskEndpointsDeps {
  clock: Clock
  assumeRole: (roleArn: string, sessionName: string, seconds: number) => AssumedRole
  allEcsTables: () => AllEcsTables
  runtime: () => Runtime
  /** Opens AWS's protocols on this address, for tasks. Returns the URL. */
  listen: (host: string) => Promise<string>
  onNotice: (text: string) => void
  onUnexpectedError: (error: unknown) => void
}

interface OpenEndpoint {
  endpoint: TaskEndpoint
  awsUrl: string
}

const runProgram = promisify(execFile)

export function createTaskEndpoints({
  clock,
  assumeRole,
  allEcsTables,
  runtime,
  listen,
  onNotice,
  onUnexpectedError,
}: TaskEndpointsDeps): TaskEndpoints {
  const credentials = createTaskCredentials(clock, assumeRole)
  /** The DNS settings are the same for all tasks, because they share one network. */
  let dns: TaskDns | undefined
  /** By the machine's address in the tasks' network. */
  const openEndpoints = new Map<string, Promise<OpenEndpoint>>()
  let awsUrl: string | undefined
  /** Whether the last attempt failed. The next task tries again: the failure may have concerned that task alone. */
  let hasFailed = false

  function taskAt(address: string): { ecsTables: EcsTables; task: TaskRecord } | undefined {
    for (const ecsTables of allEcsTables().listTables())
      for (const task of ecsTables.tasks.allByIndex('stopped', 'no'))
        if (task.internal.address === address) return { ecsTables, task }
    return undefined
  }

  async function openEndpointAt(gateway: string): Promise<OpenEndpoint> {
    const stats = async (task: TaskRecord, container: string) => {
      const found = taskAt(task.internal.address ?? '')
      return found && (await runtime().stats?.(taskSpec(found.ecsTables, found.task), container))?.docker
    }
    const endpoint = await openTaskEndpoint(
      { taskAt, credentials, stats, taskDns: () => dns, onUnexpectedError },
      { host: gateway },
    )
    try {
      return { endpoint, awsUrl: await listen(gateway) }
    } catch (error) {
      await endpoint.close()
      throw error
    }
  }

  function openEndpointOnceAt(gateway: string): Promise<OpenEndpoint> {
    const known = openEndpoints.get(gateway)
    if (known) return known
    const opening = openEndpointAt(gateway)
    openEndpoints.set(gateway, opening)
    opening.catch(() => openEndpoints.delete(gateway))
    return opening
  }

  return {
    environment({ arn }, container) {
      const { account, region } = parseArn(arn) ?? { account: '', region: '' }
      const ecsTables = allEcsTables().tablesOf(account, region)
      const task = ecsTables.tasks.get(arn)
      return task && awsUrl ? endpointEnvironment(ecsTables, task, container, awsUrl) : {}
    },

    async open(_, { pid, gateway }) {
      try {
        const { endpoint, awsUrl: url } = await openEndpointOnceAt(gateway)
        await redirectEndpoint(pid, `${gateway}:${endpoint.port}`)
        awsUrl = url
        dns ??= await readTaskDns(pid, gateway, runtime().addressRange)
        hasFailed = false
      } catch (error) {
        if (!hasFailed)
          onNotice(
            `Task metadata and the credentials of task roles are not offered here: ${error instanceof Error ? error.message.trim() : error}`,
          )
        hasFailed = true
      }
    },

    async close() {
      const endpoints = await Promise.allSettled(openEndpoints.values())
      await Promise.all(
        endpoints.map((each) => (each.status === 'fulfilled' ? each.value.endpoint.close() : undefined)),
      )
      openEndpoints.clear()
    },
  }
}

/**
 * The DNS settings of the process `pid`, from its resolv.conf, and the gateway of its network. All containers of a task
 * have the same.
 */
async function readTaskDns(pid: number, gateway: string, addressRange = ''): Promise<TaskDns> {
  const lines = (await readFile(`/proc/${pid}/root/etc/resolv.conf`, 'utf8').catch(() => ''))
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
  return {
    servers: lines.flatMap(([word, server]) => (word === 'nameserver' && server ? [server] : [])),
    search: lines.flatMap(([word, ...domains]) => (word === 'search' ? domains : [])),
    gateway: `${gateway}/${addressRange.split('/')[1] ?? '32'}`,
  }
}

/**
 * In the network namespace of the process, redirects requests for the endpoint's fixed address to `destination`.
 *
 * The rule is in a chain of its own, which a restarted engine replaces. A second jump to that chain has no effect.
 * Other rules in the namespace are kept, because Docker's name server needs them.
 */
async function redirectEndpoint(pid: number, destination: string): Promise<void> {
  const rules = [
    '*nat',
    ':ECS-API - [0:0]',
    `-A ECS-API -d ${TASK_ENDPOINT_ADDRESS}/32 -p tcp --dport 80 -j DNAT --to-destination ${destination}`,
    '-A OUTPUT -j ECS-API',
    'COMMIT',
  ]
  const restoring = runProgram('nsenter', ['-t', String(pid), '-n', 'iptables-restore', '-w', '--noflush'])
  // A program that is missing or ends early does not read the rules. The promise rejects with the reason.
  restoring.child.stdin?.on('error', () => {}).end(`${rules.join('\n')}\n`)
  await restoring
}
