import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { CreateClusterCommand, DescribeClustersCommand, ECSClient } from '@aws-sdk/client-ecs'
import { WebSocket } from 'ws'
import { type CommandDeps, localAws } from './command.ts'
import { decodeMessage } from './protocol/session-message.ts'
import { dataFolder } from './testing/data-folder.ts'
import { engineProcess } from './testing/engine-process.ts'

/** As documented (docs/containers.md). */
const CLOSES_WITHIN_MS = 8_000

test('env gives what a client needs for the engine that listens; without one it says how to start it', async (t) => {
  const data = dataFolder(t)
  const before = await told(['env', '--data', data])
  assert.equal(before.code, 1)
  assert.match(before.complained, /No engine listens .* Start it with/)

  const engine = await engineProcess(t, '--data', data, '--verify')
  const { code, printed, complained } = await told(['env', 'local', '--data', data], { AWS_REGION: 'eu-central-1' })
  assert.equal(code, 0)
  assert.match(complained, /before 2\.13/)
  const value = (name: string) => new RegExp(`^export ${name}='(.*)'$`, 'm').exec(printed)?.[1] ?? ''
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
    (await told(['env', 'nobody', '--data', data])).complained,
    /There is no account nobody .* There are: local/,
  )
  assert.equal(await engine.stop(), 0)
  assert.equal((await told(['env', '--data', data])).code, 1)
})

test('env tells nothing of an engine that was killed', async (t) => {
  const data = dataFolder(t)
  const engine = await engineProcess(t, '--data', data)
  assert.equal((await told(['env', '--data', data])).code, 0)
  await engine.kill()
  const { code, printed, complained } = await told(['env', '--data', data])
  assert.deepEqual([code, printed], [1, ''])
  assert.match(complained, /No engine listens .* Start it with/)
})

test('open sockets, with and without a token, and a second signal neither delay the end nor change it', async (t) => {
  const engine = await engineProcess(t, '--data', ':memory:')
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
  // A client that reads nothing takes no closing handshake either.
  bare[0]!.pause()
  const said = once(bare[1]!, 'message')
  const begun = performance.now()
  engine.signal('SIGTERM')
  const [message] = await said
  assert.equal(decodeMessage(message)?.type, 'channel_closed')
  assert.equal(await engine.stop(), 0)
  assert.ok(performance.now() - begun < CLOSES_WITHIN_MS)
})

test('a second engine on the same folder is refused, clearly', async (t) => {
  const data = dataFolder(t)
  await engineProcess(t, '--data', data)
  const { code, complained } = await told(['--data', data, '--port', '0'])
  assert.equal(code, 1)
  assert.match(complained, /is in use by another process/)
})

test('a port that another has is told with what to do', async (t) => {
  const engine = await engineProcess(t, '--data', ':memory:')
  const { code, complained } = await told([
    '--data',
    ':memory:',
    '--port',
    new URL(engine.url).port,
    '--runtime',
    'simulated',
  ])
  assert.equal(code, 1)
  assert.match(complained, /EADDRINUSE.* --port N \(0 picks a free one\)/)
})

test('words that mean nothing are refused, each by name', async () => {
  for (const [words, reason] of [
    [['--port', 'x'], /--port takes a whole number/],
    [['--consistency-delay', '-1'], /consistency-delay/],
    [['--nope'], /^Unknown option '--nope'\. ecs-api local-aws --help says what there is\.$/],
    [['--runtime', 'dcker'], /--runtime takes auto, docker, podman, simulated, .* not dcker/],
    [['--runtime', '/nowhere.sock', '--data', ':memory:'], /No container runtime answers\. Tried: \/nowhere\.sock/],
    [['--at-close', 'never'], /--at-close takes stop or leave/],
    [['--pace', 'slow'], /--pace takes instant, fast, real, not slow/],
    [['start'], /There is no command local-aws start/],
  ] as const) {
    const { code, complained } = await told([...words])
    assert.equal(code, 1)
    assert.match(complained, reason)
  }
  assert.match((await told(['--help'])).printed, /--consistency-delay MS/)
})

test('kept on disk, a cluster is there after a restart', async (t) => {
  const data = dataFolder(t)
  const clientOf = (endpoint: string) => {
    const client = new ECSClient({
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    })
    t.after(() => client.destroy())
    return client
  }
  const first = await engineProcess(t, '--data', data)
  await clientOf(first.url).send(new CreateClusterCommand({ clusterName: 'prod' }))
  await first.stop()
  const second = await engineProcess(t, '--data', data)
  assert.equal(
    (await clientOf(second.url).send(new DescribeClustersCommand({ clusters: ['prod'] }))).clusters?.[0]?.status,
    'ACTIVE',
  )
})

async function told(words: string[], environment: CommandDeps['environment'] = {}) {
  const printed: string[] = []
  const complained: string[] = []
  const code = await localAws(words, {
    print: (text) => printed.push(text),
    complain: (text) => complained.push(text),
    environment,
    stopped: async () => {},
    uncaught: () => new Promise(() => {}),
  })
  return { code, printed: printed.join('\n'), complained: complained.join('\n') }
}
