import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { CreateClusterCommand, DescribeClustersCommand, ECSClient } from '@aws-sdk/client-ecs'
import { WebSocket } from 'ws'
import { type CommandDeps, runEngineCommand } from './command.ts'
import { decodeMessage } from './protocol/session-message.ts'
import { createDataFolder } from './testing/data-folder.ts'
import { startEngineProcess } from './testing/engine-process.ts'

/** As documented in docs/containers.md. */
const CLOSES_WITHIN_MS = 8_000

test('env prints a client’s settings for the listening engine; without an engine it prints how to start one', async (t) => {
  const data = createDataFolder(t)
  const before = await runCommand(['env', '--data', data])
  assert.equal(before.code, 1)
  assert.match(before.stderr, /No engine listens .* Start it with/)

  const engine = await startEngineProcess(t, '--data', data, '--verify')
  const { code, stdout, stderr } = await runCommand(['env', 'local', '--data', data], { AWS_REGION: 'eu-central-1' })
  assert.equal(code, 0)
  assert.match(stderr, /before 2\.13/)
  const value = (name: string) => new RegExp(`^export ${name}='(.*)'$`, 'm').exec(stdout)?.[1] ?? ''
  assert.equal(value('AWS_ENDPOINT_URL'), engine.url)
  const client = new ECSClient({
    endpoint: value('AWS_ENDPOINT_URL'),
    region: value('AWS_REGION'),
    credentials: { accessKeyId: value('AWS_ACCESS_KEY_ID'), secretAccessKey: value('AWS_SECRET_ACCESS_KEY') },
  })
  t.after(() => client.destroy())
  const { cluster } = await client.send(new CreateClusterCommand({ clusterName: 'prod' }))
  assert.equal(cluster?.clusterArn, 'arn:aws:ecs:eu-central-1:000000000000:cluster/prod')

  assert.match(
    (await runCommand(['env', 'nobody', '--data', data])).stderr,
    /There is no account nobody .* There are: local/,
  )
  assert.equal(await engine.stop(), 0)
  assert.equal((await runCommand(['env', '--data', data])).code, 1)
})

test('env prints nothing for an engine that was killed', async (t) => {
  const data = createDataFolder(t)
  const engine = await startEngineProcess(t, '--data', data)
  assert.equal((await runCommand(['env', '--data', data])).code, 0)
  await engine.kill()
  const { code, stdout, stderr } = await runCommand(['env', '--data', data])
  assert.deepEqual([code, stdout], [1, ''])
  assert.match(stderr, /No engine listens .* Start it with/)
})

test('idle sockets, with and without a token, and a second signal neither delay nor change the shutdown', async (t) => {
  const engine = await startEngineProcess(t, '--data', ':memory:')
  const { hostname, port } = new URL(engine.url)
  const idle = connect(Number(port), hostname)
  const kept = connect(Number(port), hostname)
  const bare = Array.from(
    { length: 3 },
    () => new WebSocket(`ws://${hostname}:${port}/v1/data-channel/ecs-execute-command-0`),
  )
  t.after(() => bare.forEach((socket) => void socket.terminate()))
  kept.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await Promise.all([once(idle, 'connect'), once(kept, 'data'), ...bare.map((socket) => once(socket, 'open'))])
  // A client that reads nothing does not complete the closing handshake either.
  bare[0]!.pause()
  const closingMessage = once(bare[1]!, 'message')
  const begun = performance.now()
  engine.signal('SIGTERM')
  const [message] = await closingMessage
  assert.equal(decodeMessage(message)?.type, 'channel_closed')
  assert.equal(await engine.stop(), 0)
  assert.ok(performance.now() - begun < CLOSES_WITHIN_MS)
})

test('a second engine on the same folder is rejected with a clear message', async (t) => {
  const data = createDataFolder(t)
  await startEngineProcess(t, '--data', data)
  const { code, stderr } = await runCommand(['--data', data, '--port', '0'])
  assert.equal(code, 1)
  assert.match(stderr, /is in use by another process/)
})

test('a port in use is reported with its remedy', async (t) => {
  const engine = await startEngineProcess(t, '--data', ':memory:')
  const { code, stderr } = await runCommand([
    '--data',
    ':memory:',
    '--port',
    new URL(engine.url).port,
    '--runtime',
    'simulated',
  ])
  assert.equal(code, 1)
  assert.match(stderr, /EADDRINUSE.* --port N \(0 picks a free one\)/)
})

test('invalid options and commands are rejected by name', async () => {
  for (const [args, reason] of [
    [['--port', 'x'], /--port takes a whole number/],
    [['--consistency-delay', '-1'], /consistency-delay/],
    [['--sessions-per-task', 'many'], /--sessions-per-task takes a whole number/],
    [['--nope'], /^Unknown option '--nope'\. ecs-api local-aws --help lists the commands and options\.$/],
    [['--runtime', 'dcker'], /--runtime takes auto, docker, podman, simulated, .* not dcker/],
    [['--runtime', '/nowhere.sock', '--data', ':memory:'], /No container runtime answers\. Tried: \/nowhere\.sock/],
    [['--at-close', 'never'], /--at-close takes stop or leave/],
    [['--pace', 'slow'], /--pace takes instant, fast, real, not slow/],
    [['start'], /There is no command local-aws start/],
  ] as const) {
    const { code, stderr } = await runCommand([...args])
    assert.equal(code, 1)
    assert.match(stderr, reason)
  }
  assert.match((await runCommand(['--help'])).stdout, /--consistency-delay MS/)
})

test('a cluster kept on disk survives a restart', async (t) => {
  const data = createDataFolder(t)
  const clientOf = (endpoint: string) => {
    const client = new ECSClient({
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    })
    t.after(() => client.destroy())
    return client
  }
  const first = await startEngineProcess(t, '--data', data)
  await clientOf(first.url).send(new CreateClusterCommand({ clusterName: 'prod' }))
  await first.stop()
  const second = await startEngineProcess(t, '--data', data)
  assert.equal(
    (await clientOf(second.url).send(new DescribeClustersCommand({ clusters: ['prod'] }))).clusters?.[0]?.status,
    'ACTIVE',
  )
})

async function runCommand(args: string[], environment: CommandDeps['environment'] = {}) {
  const stdout: string[] = []
  const stderr: string[] = []
  const code = await runEngineCommand(args, {
    print: (text) => stdout.push(text),
    printError: (text) => stderr.push(text),
    environment,
    waitForStop: async () => {},
    waitForUncaughtError: () => new Promise(() => {}),
  })
  return { code, stdout: stdout.join('\n'), stderr: stderr.join('\n') }
}
