import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Duplex } from 'node:stream'
import { type TestContext, test } from 'node:test'
import {
  CreateClusterCommand,
  DescribeTasksCommand,
  ECSClient,
  ExecuteCommandCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
} from '@aws-sdk/client-ecs'
import { systemClock } from '../clock.ts'
import { answer, rejection } from '../front.ts'
import { callerInProcess } from '../identity.ts'
import { randomIds } from '../ids.ts'
import { inProcessHandler } from '../protocol/in-process.ts'
import { listenOn } from '../protocol/server.ts'
import type { Runtime } from '../runtimes/runtime.ts'
import { simulatedRuntime } from '../runtimes/simulated.ts'
import { openStorage } from '../storage/storage.ts'
import { openedAws } from '../testing/opened-aws.ts'
import { connectSession } from '../testing/session-client.ts'
import { commandWords } from './command-words.ts'
import { patienceAt } from './patience.ts'
import { ecsTarget, openEcs } from './service.ts'

test('a command runs in a session: what is typed goes in, what it writes comes out, its end is told', async (t) => {
  const { execute } = await engineWithProcesses(t)
  const { session, containerName, interactive } = await execute('sh -c "echo ready; read line; echo got $line; exit 3"')
  assert.deepEqual([containerName, interactive], ['app', true])
  const client = connectSession(session!)
  await client.shows('ready\n')
  client.type('hello\n')
  await client.shows('got hello\n')
  assert.equal(await client.closed, 'The command ended with exit code 3.')
  assert.equal(client.acknowledged(), 2, 'the handshake and the line')
})

test('much output arrives whole and in order', async (t) => {
  const { execute } = await engineWithProcesses(t)
  const { session } = await execute(`${process.execPath} -e "for (let i = 0; i < 50000; i++) console.log('line ' + i)"`)
  const client = connectSession(session!)
  assert.equal(await client.closed, '')
  assert.equal(client.shown(), Array.from({ length: 50_000 }, (_, i) => `line ${i}\n`).join(''))
})

test('the terminal’s size is told, and hanging up ends the command', async (t) => {
  const { execute, sizes, ends } = await engineWithProcesses(t)
  const { session } = await execute('sh -c "echo ready; exec sleep 1000"')
  const client = connectSession(session!)
  await client.shows('ready')
  client.resize(120, 40)
  await until(() => sizes.length > 0)
  assert.deepEqual(sizes, [{ columns: 120, rows: 40 }])
  client.hangUp()
  await until(() => ends.length > 0)
  assert.deepEqual(ends, ['SIGTERM'])
})

test('only the token opens the session, and only once', async (t) => {
  const { execute } = await engineWithProcesses(t)
  const { session } = await execute('cat')
  await assert.rejects(connectSession({ ...session, tokenValue: 'x'.repeat(session!.tokenValue!.length) }).closed, /1008/)
  const client = connectSession(session!)
  await until(() => client.acknowledged() > 0)
  await assert.rejects(connectSession(session!).closed, /1008/)
  client.hangUp()
})

test('what cannot be executed is refused in ECS’s words', async (t) => {
  const { ecs, execute, taskArn } = await engineWithProcesses(t)
  await assert.rejects(ecs.send(new ExecuteCommandCommand({ task: '0'.repeat(32), command: 'sh', interactive: true })), {
    name: 'InvalidParameterException',
    message: 'The referenced task was not found.',
  })
  await assert.rejects(ecs.send(new ExecuteCommandCommand({ task: taskArn, command: 'sh', interactive: false })), {
    name: 'InvalidParameterException',
  })
  await assert.rejects(ecs.send(new ExecuteCommandCommand({ task: taskArn, container: 'db', command: 'sh', interactive: true })), /db was not found/)
  await assert.rejects(execute('sh -c "open'), /open quote/)
  const plain = await run(ecs, false)
  await assert.rejects(ecs.send(new ExecuteCommandCommand({ task: plain, command: 'sh', interactive: true })), {
    name: 'InvalidParameterException',
    message: /^The execute command failed because execute command was not enabled when the task was run or the execute command agent isn’t running\./,
  })
})

test('simulated containers have nothing to run a command in', async (t) => {
  const { aws, ecs } = await openedAws(t, { pace: 'instant' })
  await aws.listen()
  await prepare(ecs)
  const task = await run(ecs, true)
  await assert.rejects(ecs.send(new ExecuteCommandCommand({ task, command: 'sh', interactive: true })), { name: 'TargetNotConnectedException' })
})

test('words are split as a shell does it', () => {
  assert.deepEqual(commandWords(` /bin/sh -c 'echo "a  b"' "x\\"y" a\\ b '' `), ['/bin/sh', '-c', 'echo "a  b"', 'x"y', 'a b', ''])
  assert.equal(commandWords(`a 'b`), undefined)
})

/** An engine whose containers are simulated, and run commands as processes of this machine. */
async function engineWithProcesses(t: TestContext) {
  const sizes: { rows: number; columns: number }[] = []
  const ends: (string | null)[] = []
  const clock = systemClock
  const ids = randomIds
  const onFault = (error: unknown) => assert.fail(String(error))
  const storage = openStorage(':memory:')
  const exec: NonNullable<Runtime['exec']> = async (_task, _container, [file = '', ...args]) => {
    const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'] })
    const exit = once(child, 'exit') as Promise<[number | null, string | null]>
    exit.then(([, signal]) => ends.push(signal))
    const stream = new Duplex({ read() {}, write: (chunk, _, done) => void child.stdin.write(chunk, () => done()) })
    child.stdout.on('data', (chunk) => stream.push(chunk)).on('end', () => stream.push(null))
    stream.once('close', () => child.kill())
    return {
      stream,
      resize: async (size) => void sizes.push(size),
      exitCode: async () => (await exit)[0] ?? 137,
    }
  }
  const runtime: Runtime = Object.assign(simulatedRuntime({ clock, pace: 'instant' }), { exec })
  let base: string | undefined
  const ecs = openEcs({ storage, clock, ids, consistencyDelayMs: 0, runtime, patience: patienceAt('instant'), streamBase: () => base, onFault })
  const front = { storage, ids, onFault, json: { [ecsTarget]: ecs.answer }, query: {} }
  const handler = inProcessHandler((call) => answer(call, (asked) => callerInProcess('111122223333', asked), front))
  const listener = await listenOn(
    { host: '127.0.0.1', port: 0 },
    {
      answer: (call) => answer(call, (asked) => callerInProcess('111122223333', asked), front),
      admit: () => {},
      reject: (error, head) => rejection(error, head, front),
      rejectsWebPages: true,
      takeSocket: ecs.takeSocket,
      onFault,
    },
  )
  base = listener.url.replace('http', 'ws')
  t.after(async () => {
    await ecs.close()
    await listener.close(100)
    storage.close()
  })
  const client = new ECSClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    requestHandler: handler,
    maxAttempts: 1,
  })
  await prepare(client)
  const taskArn = await run(client, true)
  const execute = (command: string) => client.send(new ExecuteCommandCommand({ task: taskArn, command, interactive: true }))
  return { ecs: client, execute, taskArn, sizes, ends }
}

async function prepare(ecs: ECSClient): Promise<void> {
  await ecs.send(new CreateClusterCommand({}))
  const fargate = { networkMode: 'awsvpc' as const, requiresCompatibilities: ['FARGATE' as const], cpu: '256', memory: '512' }
  await ecs.send(
    new RegisterTaskDefinitionCommand({ family: 'app', taskRoleArn: 'app', containerDefinitions: [{ name: 'app', image: 'app' }], ...fargate }),
  )
}

async function run(ecs: ECSClient, enableExecuteCommand: boolean): Promise<string> {
  const networkConfiguration = { awsvpcConfiguration: { subnets: ['subnet-0a1b2c3d'] } }
  const { tasks } = await ecs.send(new RunTaskCommand({ taskDefinition: 'app', launchType: 'FARGATE', networkConfiguration, enableExecuteCommand }))
  const arn = tasks![0]!.taskArn!
  await until(async () => (await ecs.send(new DescribeTasksCommand({ tasks: [arn] }))).tasks?.[0]?.lastStatus === 'RUNNING')
  return arn
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise(setImmediate)
}
