/** An engine with simulated containers that runs the commands of ECS Exec as processes of this machine. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import type { TestContext } from 'node:test'
import {
  CreateClusterCommand,
  DescribeTasksCommand,
  ECSClient,
  ExecuteCommandCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
} from '@aws-sdk/client-ecs'
import { type Clock, systemClock } from '../clock.ts'
import { timingAt } from '../ecs/scheduler/timing.ts'
import { ecsTarget, openEcs } from '../ecs/service.ts'
import { callerInProcess } from '../identity.ts'
import { randomIds } from '../ids.ts'
import { kmsTarget, openKms } from '../kms/service.ts'
import { createInProcessHandler } from '../protocol/in-process.ts'
import { openListener } from '../protocol/server.ts'
import { rejectionResponse, respondTo } from '../respond-to.ts'
import type { ExecSession, Runtime } from '../runtimes/runtime.ts'
import { createSimulatedRuntime } from '../runtimes/simulated.ts'
import { openSecretsManager } from '../secrets-manager/service.ts'
import { openSsm, ssmTarget } from '../ssm/service.ts'
import { openStorage } from '../storage/storage.ts'
import { openStorageCipher } from '../storage/storage-cipher.ts'

export interface EngineOptions {
  clock?: Clock
  /** Commands start only after this promise. */
  startsAfter?: Promise<void>
  sessionsPerTask?: number
}

export async function openEngineWithExecProcesses(
  t: TestContext,
  { clock = systemClock, startsAfter, sessionsPerTask = 20 }: EngineOptions = {},
) {
  const sizes: { rows: number; columns: number }[] = []
  const endSignals: (string | null)[] = []
  const ids = randomIds
  const onUnexpectedError = (error: unknown) => assert.fail(String(error))
  const storage = openStorage(':memory:')
  async function exec(_task: unknown, _container: string, command: readonly string[]): Promise<ExecSession> {
    await startsAfter
    return startProcess(command, { sizes, ends: endSignals })
  }
  const simulated = createSimulatedRuntime({ clock, pace: 'instant' })
  const runtime: Runtime = Object.assign(simulated, { exec })
  const parts = { storage, cipher: openStorageCipher(':memory:', storage), clock }
  const kms = openKms({ ...parts, ids })
  let streamBaseUrl: string | undefined
  const ecs = openEcs({
    storage,
    clock,
    ids,
    consistencyDelayMs: 0,
    runtime,
    timing: timingAt('instant'),
    streamBaseUrl: () => streamBaseUrl,
    decryptWithKms: kms.decrypt,
    sessionsPerTask,
    onUnexpectedError,
  })
  const { readSecret } = openSecretsManager({ ...parts, ids })
  const ssm = openSsm({ ...parts, readSecret, terminateSession: ecs.terminateSession })
  const front = {
    storage,
    ids,
    onUnexpectedError,
    json: { [ecsTarget]: ecs.handleAction, [ssmTarget]: ssm.handleAction, [kmsTarget]: kms.handleAction },
    query: {},
  }
  const listener = await openListener(
    { host: '127.0.0.1', port: 0 },
    {
      respondTo: (call) => respondTo(call, (incoming) => callerInProcess('111122223333', incoming), front),
      checkHead: () => {},
      rejectionResponse: (error, head) => rejectionResponse(error, head, front),
      rejectsWebPages: true,
      findSocketHandler: ecs.findSocketHandler,
      onUnexpectedError,
    },
  )
  streamBaseUrl = listener.url.replace('http', 'ws')
  t.after(async () => {
    await ecs.closeSessions()
    await ecs.close()
    await listener.close(100)
    storage.close()
  })
  const configOf = (account: string) => ({
    region: 'us-east-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    requestHandler: createInProcessHandler((call) =>
      respondTo(call, (incoming) => callerInProcess(account, incoming), front),
    ),
    maxAttempts: 1,
  })
  const client = new ECSClient(configOf('111122223333'))
  await registerExecDefinitions(client)

  /** Runs a task. Its `execute` begins a session in the task's container. */
  async function runTaskWithExec() {
    const taskArn = await runExecTask(client, { enableExecuteCommand: true })
    const execute = async (command: string) =>
      (await client.send(new ExecuteCommandCommand({ task: taskArn, command, interactive: true }))).session!
    return { taskArn, execute, kill: () => simulated.kill(taskArn.slice(-32), 'app') }
  }
  return {
    ecs: client,
    configOf,
    runTaskWithExec,
    ...(await runTaskWithExec()),
    sizes,
    endSignals,
    closeSessions: ecs.closeSessions,
  }
}

/** Starts a process without a terminal, but in a session of its own. */
function startProcess(
  [file = '', ...args]: readonly string[],
  { sizes, ends }: { sizes: object[]; ends: (string | null)[] },
): ExecSession {
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'], detached: true })
  const exit = once(child, 'exit') as Promise<[number | null, string | null]>
  exit.then(([, signal]) => ends.push(signal))
  child.stdin.on('error', () => {})
  return {
    input: child.stdin,
    // Node discards unread output of a process that has ended.
    output: child.stdout.pipe(new PassThrough()),
    resize: async (size) => void sizes.push(size),
    exitCode: async () => (await exit)[0] ?? undefined,
    hangUp: async () => {
      if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, 'SIGHUP')
      await exit
    },
  }
}

export async function registerExecDefinitions(ecs: ECSClient): Promise<void> {
  await ecs.send(new CreateClusterCommand({}))
  const fargate = {
    networkMode: 'awsvpc' as const,
    requiresCompatibilities: ['FARGATE' as const],
    cpu: '256',
    memory: '512',
  }
  const containerDefinitions = [{ name: 'app', image: 'app' }]
  const taskRoleArn = 'arn:aws:iam::111122223333:role/app'
  await ecs.send(new RegisterTaskDefinitionCommand({ family: 'app', containerDefinitions, taskRoleArn, ...fargate }))
  await ecs.send(new RegisterTaskDefinitionCommand({ family: 'roleless', containerDefinitions, ...fargate }))
}

export async function runExecTask(
  ecs: ECSClient,
  { enableExecuteCommand }: { enableExecuteCommand: boolean },
): Promise<string> {
  const networkConfiguration = { awsvpcConfiguration: { subnets: ['subnet-0a1b2c3d'] } }
  const { tasks } = await ecs.send(
    new RunTaskCommand({ taskDefinition: 'app', launchType: 'FARGATE', networkConfiguration, enableExecuteCommand }),
  )
  const arn = tasks![0]!.taskArn!
  await waitUntil(
    async () => (await ecs.send(new DescribeTasksCommand({ tasks: [arn] }))).tasks?.[0]?.lastStatus === 'RUNNING',
  )
  return arn
}

export async function waitUntil(isExpected: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isExpected())) await new Promise(setImmediate)
}
