// The command line while the gateway is killed and started again.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { createClient } from '../../packages/client/src/index.ts'
import { startEngineOverTcp } from '../../packages/gateway/src/testing/engine-over-tcp.ts'
import { findFreePort } from '../../packages/gateway/src/testing/free-port.ts'
import { definitionWithLogs, logsClient } from '../../packages/gateway/src/testing/logged-service.ts'
import { startCli } from '../../packages/gateway/src/testing/process.ts'
import { environmentWithHome, launcherPath, newFolder } from './cli-process.ts'

const token = 'the-token-of-this-test-0123456789'
const aws = await startEngineOverTcp()

/** Starts a gateway in a process of its own, which a test can kill; its AWS is played by this process. */
async function killableGateway(t: TestContext) {
  const folder = newFolder()
  const listen = `127.0.0.1:${await findFreePort()}`
  const { region, endpoint, defaults, credentials } = aws.account('remote')
  const { secretAccessKey } = credentials as { secretAccessKey: string }
  const remote = { region, endpoint, defaults, credentials: { ...credentials, secretAccessKey: 'env:SECRET' } }
  writeFileSync(join(folder, 'ecs-api.yaml'), JSON.stringify({ listen, accounts: { remote } }))
  const serve = async () => {
    const running = startCli(['serve'], {
      folder,
      env: { ECS_API_LISTEN: listen, SECRET: secretAccessKey, ECS_API_TOKEN: token },
    })
    await running.waitForOutput(/^http:/m)
    return running
  }
  let running = await serve()
  const kill = async () => {
    running.child.kill('SIGKILL')
    await running.exit
  }
  t.after(kill)
  const url = `http://${listen}`
  return {
    ecs: createClient({ url, token }).account('remote'),
    kill,
    restart: async () => {
      running = await serve()
    },
    startCommand: (args: readonly string[]) => {
      const env = environmentWithHome(folder, { ECS_API_URL: url, ECS_API_TOKEN: token, ECS_API_CLUSTER: 'prod' })
      const child = spawn(process.execPath, [launcherPath, ...args], { cwd: folder, env })
      const printed = { stdout: '', stderr: '' }
      const watchers = new Set<() => void>()
      for (const stream of ['stdout', 'stderr'] as const)
        child[stream].setEncoding('utf8').on('data', (text: string) => {
          printed[stream] += text
          for (const watcher of watchers) watcher()
        })
      const ended = once(child, 'close') as Promise<[number | null]>
      t.after(() => child.kill('SIGKILL'))
      const waitForOutput = (pattern: RegExp) =>
        new Promise<void>((resolve, reject) => {
          const check = () => pattern.test(printed.stdout + printed.stderr) && resolve()
          watchers.add(check)
          check()
          void ended.then(() => reject(new Error(`it ended: ${printed.stdout}${printed.stderr}`)))
        })
      return { child, printed, ended, waitForOutput }
    },
  }
}

test('deploy goes on when the gateway is killed and started again, and ends with its verdict', async (t) => {
  const { ecs, kill, restart, startCommand } = await killableGateway(t)
  await ecs.clusters.create({ name: 'prod' })
  const dockerLabels = { 'ecs-api.simulated.pull-delay': '6' }
  const container = { name: 'web', image: 'nginx' }
  await ecs.taskDefinitions.create({ family: 'web', containerDefinitions: [container] })
  await ecs.taskDefinitions.create({ family: 'slow', containerDefinitions: [{ ...container, dockerLabels }] })
  await (await ecs.services.create('prod', { name: 'www', taskDefinition: 'web', count: 1 })).stable()
  const deploy = startCommand(['deploy', 'www', '--task-definition', 'slow', '--yes', '-q'])
  await deploy.waitForOutput(/slow:1: 0 of 1 running/)
  await kill()
  await restart()
  const [code] = await deploy.ended
  const { stdout, stderr } = deploy.printed
  assert.deepEqual([code, stdout], [0, 'prod/www\n'], stderr)
  assert.match(stderr, /\n✓ prod\/www runs slow:1: 1 of 1 task running after 0:\d\d\.\n$/)
  const lines = stderr
    .trimEnd()
    .split('\n')
    .map((line) => line.slice(25))
  assert.equal(new Set(lines).size, lines.length, 'no line is printed twice')
})

test('logs -f prints each line exactly once when the gateway is killed and started again', async (t) => {
  const { ecs, kill, restart, startCommand } = await killableGateway(t)
  const logs = logsClient(aws)
  await logs.createLogGroup({ logGroupName: '/logged' })
  await ecs.clusters.create({ name: 'logged' })
  await ecs.taskDefinitions.create(definitionWithLogs('logged', ['web'], '/logged') as never)
  await (await ecs.services.create('logged', { name: 'www', taskDefinition: 'logged', count: 1 })).stable()
  const { items } = await ecs.tasks.page({ cluster: 'logged' })
  const logStreamName = `ecs/web/${items[0]!.id}`
  let written = 0
  const write = async (count: number) => {
    const from = written
    written += count
    const logEvents = Array.from({ length: count }, (_, i) => ({
      timestamp: Date.now(),
      message: `line ${from + i + 1}.`,
    }))
    await logs.putLogEvents({ logGroupName: '/logged', logStreamName, logEvents })
  }
  await write(3)
  const follow = startCommand(['logs', 'logged/www', '-f'])
  await follow.waitForOutput(/line 3\./)
  await write(3)
  await follow.waitForOutput(/line 6\./)
  await kill()
  await write(3)
  await restart()
  await write(3)
  await follow.waitForOutput(/line 12\./)
  follow.child.kill('SIGINT')
  assert.deepEqual(await follow.ended, [130, null])
  const numbers = [...follow.printed.stdout.matchAll(/line (\d+)\./g)].map(([, n]) => Number(n))
  assert.deepEqual(
    numbers,
    Array.from({ length: 12 }, (_, i) => i + 1),
  )
})

test('Ctrl-C in logs -f ends it with 130', async (t) => {
  const { ecs, startCommand } = await killableGateway(t)
  await ecs.clusters.create({ name: 'quiet' })
  await ecs.taskDefinitions.create({ family: 'quiet', containerDefinitions: [{ name: 'web', image: 'nginx' }] })
  await (await ecs.services.create('quiet', { name: 'www', taskDefinition: 'quiet', count: 1 })).stable()
  const follow = startCommand(['logs', 'quiet/www', '-f'])
  await follow.waitForOutput(/./)
  follow.child.kill('SIGINT')
  assert.deepEqual(await follow.ended, [130, null])
  assert.match(follow.printed.stderr, /\nInterrupted\.\n$/)
})
