import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import {
  type ContainerDefinition,
  ECSClient,
  ExecuteCommandCommand,
  type Session,
  StopTaskCommand,
} from '@aws-sdk/client-ecs'
import type { LocalAwsOptions } from '../options.ts'
import {
  ensureTestImage,
  getContainerRuntime,
  noContainers,
  openEngineWithContainers,
  shellContainer,
} from '../testing/containers.ts'
import { ecsSteps } from '../testing/ecs-steps.ts'
import { startEngineProcess } from '../testing/engine-process.ts'
import { assertNothingIsLeft, networkRangeOf } from '../testing/leftovers.ts'
import { noPodman, startPodmanService } from '../testing/podman-service.ts'
import { openRawSession, outputTextOf } from '../testing/raw-session.ts'
import { connectSession } from '../testing/session-client.ts'

const skip = noContainers

test('20 concurrent sessions print all output, although each client drops its first message', { skip }, async (t) => {
  const { execute } = await startTaskForExec(t)
  const clients = await Promise.all(
    Array.from({ length: 20 }, async () =>
      connectSession(await execute('sh -c "echo one; echo two; read x; echo three"')),
    ),
  )
  for (const client of clients) {
    await client.waitForOutput('two')
    client.typeText('\r')
    assert.equal(await client.closed, '')
    assert.match(client.printedOutput(), /^one\r\ntwo\r\n\s*three\r\n$/)
    assert.ok(client.droppedMessageCount() > 0)
  }
})

test('a command runs as root, with the agent’s environment, in a terminal of the client’s size', {
  skip,
}, async (t) => {
  const { execute } = await startTaskForExec(t, { user: '1000', environment: [{ name: 'LANG', value: 'de_DE.UTF-8' }] })
  const client = connectSession(
    await execute('sh -c "id; echo $TERM $LANG; until busybox stty size | grep 100; do sleep 0.1; done"'),
  )
  assert.equal(await client.closed, '')
  assert.match(client.printedOutput(), /uid=0[\s\S]*xterm-256color de_DE\.UTF-8[\s\S]*100 300/)
  const other = await startTaskForExec(t)
  const plain = connectSession(await other.execute('sh -c "echo $TERM $LANG"'))
  assert.equal(await plain.closed, '')
  assert.match(plain.printedOutput(), /xterm-256color C\.UTF-8/)
})

test('a command that cannot start ends the session with the agent’s message', { skip }, async (t) => {
  const { execute } = await startTaskForExec(t)
  const reason = (fault: string) => `\n----------ERROR-------\nUnable to start command: Failed to start pty: ${fault}\n`
  for (const [command, fault] of [
    ['/bin/bash', 'fork/exec /bin/bash: no such file or directory'],
    ['bash', 'exec: "bash": executable file not found in $PATH'],
    ['/bin', 'fork/exec /bin: permission denied'],
  ] as const) {
    const client = connectSession(await execute(command))
    assert.equal(await client.closed, reason(fault))
    assert.equal(client.printedOutput(), '')
  }
})

test('a command whose output looks like a failed start is shown unchanged', { skip }, async (t) => {
  const { execute } = await startTaskForExec(t)
  const client = connectSession(await execute('sh -c "echo OCI runtime exec failed; exit 3"'))
  assert.equal(await client.closed, '')
  assert.equal(client.printedOutput(), 'OCI runtime exec failed\r\n')
})

test('when a client disconnects, its command and all processes of its terminal end, also if they ignore SIGHUP', {
  skip,
}, async (t) => {
  const { execute, commands } = await startTaskForExec(t)
  const before = commands()
  const disconnects: [string, (session: Session) => Promise<() => unknown>][] = [
    ['closes', async (session) => (await connectUntilReady(session)).closeSocket],
    ['vanishes', async (session) => (await connectUntilReady(session)).cutConnection],
    ['is killed', startClientProcess],
  ]
  for (const [name, open] of disconnects)
    for (const trap of ['', "trap '' HUP; "]) {
      const disconnect = await open(await execute(`sh -c "${trap}sleep 98765 & sleep 98764 & echo ready; sleep 98763"`))
      assert.ok(commands().length >= before.length + 3, `${name}: ${commands()}`)
      disconnect()
      const began = performance.now()
      await t.waitFor(() => assert.ok(commands().length <= before.length), { interval: 20, timeout: 60_000 })
      t.diagnostic(`${name}${trap && ', SIGHUP ignored'}: ended after ${Math.round(performance.now() - began)} ms`)
    }
})

test('when its container ends, the channel is paused and not closed', { skip }, async (t) => {
  const { execute, container } = await startTaskForExec(t)
  const rawSession = await openRawSession(await execute('sh -c "echo ready; sleep 1000"'))
  await rawSession.waitUntilReceived((received) => outputTextOf(received).includes('ready'))
  await container.kill()
  const received = await rawSession.waitUntilReceived((all) => all.some(({ type }) => type === 'pause_publication'))
  assert.ok(!received.some(({ type }) => type === 'channel_closed'))
})

test('when the container runtime stops, a session and its command end', { skip: noPodman }, async (t) => {
  const service = await startPodmanService()
  const { execute, commands } = await startTaskForExec(t, {}, { runtime: service.socket, onNotice: () => {} })
  // Registered after the engine, which needs the runtime to clean up.
  t.after(service.end)
  const before = commands()
  const client = await connectUntilReady(await execute('sh -c "echo ready; sleep 98765"'))
  await service.stop()
  assert.equal(await client.closed, '\n----------ERROR-------\nThe container runtime does not answer.\n')
  await t.waitFor(() => assert.ok(commands().length <= before.length), { interval: 20, timeout: 60_000 })
  await service.start()
})

test('an engine process with open sessions and a container that ignores SIGTERM ends within 8 s, with nothing left', {
  skip,
}, async (t) => {
  await ensureTestImage()
  const { docker, address } = getContainerRuntime()
  const engine = await startEngineProcess(t, '--data', ':memory:', '--runtime', address)
  const ecs = new ECSClient({
    endpoint: engine.url,
    region: 'us-east-1',
    credentials: { accessKeyId: '111122223333', secretAccessKey: 'x' },
  })
  t.after(() => ecs.destroy())
  const { registerDefinitionWith, runTask, waitForTask } = await ecsSteps(ecs)
  const stubborn = shellContainer("trap '' TERM; while true; do sleep 1; done", { stopTimeout: 30 })
  const definition = await registerDefinitionWith(
    { taskRoleArn: 'arn:aws:iam::111122223333:role/app' },
    'app',
    stubborn,
  )
  const arns = await Promise.all([1, 2].map(() => runTask(definition, { enableExecuteCommand: true })))
  for (const arn of arns) await waitForTask(arn, ({ lastStatus }) => lastStatus === 'RUNNING')
  // One task is already stopping, with a stop that waits for 30 s.
  await ecs.send(new StopTaskCommand({ task: arns[1] }))
  await waitForTask(arns[1], ({ desiredStatus }) => desiredStatus === 'STOPPED')
  const execute = async () =>
    (
      await ecs.send(
        new ExecuteCommandCommand({
          task: arns[0],
          interactive: true,
          command: `sh -c "trap '' HUP; echo ready; sleep 98765"`,
        }),
      )
    ).session!
  const clients = await Promise.all([1, 2, 3].map(async () => connectUntilReady(await execute())))
  const [container] = await docker.listContainers({ filters: { label: [`ecs-api.task=${arns[0]!.slice(-32)}`] } })
  const engineId = container!.Labels['ecs-api.engine']!
  const range = await networkRangeOf(docker, engineId)
  const begun = performance.now()
  assert.equal(await engine.stop(), 0)
  const tookMs = performance.now() - begun
  assert.deepEqual(await Promise.all(clients.map(({ closed }) => closed)), Array(3).fill('The engine is closing.'))
  await assertNothingIsLeft(docker, engineId, range)
  assert.ok(tookMs < 8_000, `it took ${tookMs} ms`)
})

/** Connects a client. Resolves when it has received `ready` from the command. */
async function connectUntilReady(session: Session) {
  const client = connectSession(session)
  await client.waitForOutput('ready')
  return client
}

/**
 * Starts a client in a process of its own. Resolves when it has received `ready`.
 * @returns a function that kills the process
 */
async function startClientProcess({ streamUrl, tokenValue }: Session): Promise<() => unknown> {
  const module = fileURLToPath(new URL('../testing/session-client.ts', import.meta.url))
  const script = `import { connectSession } from ${JSON.stringify(module)}
    await connectSession(${JSON.stringify({ streamUrl, tokenValue })}).waitForOutput('ready')
    console.log('ready')
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(createInterface({ input: child.stdout }), 'line')
  return () => child.kill('SIGKILL')
}

/** Opens an engine, and starts a task in which commands can be run. */
async function startTaskForExec(
  t: TestContext,
  more: Partial<ContainerDefinition> = {},
  options: Partial<LocalAwsOptions> = {},
) {
  const { aws, ecs, docker } = await openEngineWithContainers(t, options)
  await aws.listen()
  const { registerDefinitionWith, runTask, waitForTask } = await ecsSteps(ecs)
  const definition = await registerDefinitionWith(
    { taskRoleArn: 'arn:aws:iam::111122223333:role/app' },
    'app',
    shellContainer('sleep 1000', more),
  )
  const running = await waitForTask(
    await runTask(definition, { enableExecuteCommand: true }),
    ({ lastStatus }) => lastStatus === 'RUNNING',
  )
  const label = [`ecs-api.task=${running.taskArn!.slice(-32)}`, 'ecs-api.container']
  const [found] = await docker.listContainers({ filters: { label } })
  const id = found!.Id
  return {
    container: docker.getContainer(id),
    /** The command lines of the processes in the container. */
    commands: () =>
      readdirSync('/proc')
        .filter((pid) => /^\d+$/.test(pid) && textAt(`/proc/${pid}/cgroup`).includes(id))
        .map((pid) => textAt(`/proc/${pid}/cmdline`))
        .filter((commandLine) => commandLine !== ''),
    execute: async (command: string) =>
      (await ecs.send(new ExecuteCommandCommand({ task: running.taskArn, interactive: true, command }))).session!,
  }
}

function textAt(path: string): string {
  try {
    return readFileSync(path, 'utf8').replaceAll('\0', ' ')
  } catch {
    // The process has ended.
    return ''
  }
}
