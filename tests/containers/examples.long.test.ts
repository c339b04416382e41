// The stacks of examples/ run unchanged, on real containers, through HTTP; only their image is replaced by the test's
// own, so that nothing has to be pulled.
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { until } from '../../packages/gateway/src/testing/until.ts'
import { noAwsCli } from '../../packages/local-aws/src/testing/aws-cli.ts'
import {
  ensureTestImage,
  fetchText,
  getContainerRuntime,
  noContainers,
  testImage,
} from '../../packages/local-aws/src/testing/containers.ts'
import { assertNothingIsLeft, networkRangeOf } from '../../packages/local-aws/src/testing/leftovers.ts'

const skip = noContainers
const root = fileURLToPath(new URL('../..', import.meta.url))
const launcher = join(root, 'packages', 'cli', 'bin', 'ecs-api.mjs')
const execute = promisify(execFile)

interface Task {
  id: string
  address: string
  lastStatus: string
  healthStatus: string
  stoppedReason: string
  ports: { hostPort: number }[]
  containers: { name: string; exitCode?: number; reason?: string; healthStatus?: string }[]
}
interface Service {
  runningCount: number
  events: { message: string }[]
}

const api = skip ? undefined : await service()

test('web: two replicas respond at their addresses and published ports', { skip }, async () => {
  const { outcome } = await run<{ outcome: string }>('web', 'services?wait=STABLE', 'service')
  assert.equal(outcome, 'reached')
  const tasks = await tasksOf('web')
  assert.equal(new Set(tasks.map(({ address }) => address)).size, 2)
  for (const { address, ports } of tasks)
    for (const url of [`http://${address}/`, `http://127.0.0.1:${ports[0]?.hostPort}/`])
      assert.equal(await fetchText(url), `hello from ip-${address.replaceAll('.', '-')}.ec2.internal\n`)
})

test('services get has the addresses of its tasks, and no such line without tasks', { skip }, async () => {
  const published = (await tasksOf('web')).map(({ ports }) => `:${ports[0]?.hostPort}`)
  const addressesLine = async () => {
    const env = { ...process.env, ECS_API_URL: api!.url, ECS_API_TOKEN: api!.token }
    const { stdout } = await execute(process.execPath, [launcher, 'services', 'get', 'demo/web'], { env })
    return /^addresses +(.+)$/m.exec(stdout)?.[1]
  }
  const shown = (await addressesLine())?.split(', ') ?? []
  assert.deepEqual(shown.map((address) => /:\d+$/.exec(address)?.[0]).sort(), published.sort())
  await call('PATCH', 'services/web?wait=STABLE', '{"count": 0}')
  assert.equal(await addressesLine(), undefined)
  await call('PATCH', 'services/web?wait=STABLE', '{"count": 2}')
})

test('web-with-sidecar: starts when the sidecar is healthy, and reaches it on localhost', { skip }, async () => {
  await run('web-with-sidecar', 'services?wait=STABLE', 'service')
  const [task] = await tasksOf('web-with-sidecar')
  assert.equal(task?.containers.find(({ name }) => name === 'backend')?.healthStatus, 'HEALTHY')
  assert.equal(await fetchText(`http://${task?.address}/`), 'from the sidecar\n')
})

test('job: exit code and reason are reported', { skip }, async () => {
  const { outcome, items } = await run<{ outcome: string; items: Task[] }>('job', 'tasks?wait=STOPPED', 'task')
  assert.equal(outcome, 'failed')
  assert.deepEqual(
    [items[0]?.stoppedReason, items[0]?.containers[0]?.exitCode],
    ['Essential container in task exited', 3],
  )
})

test('job-with-secrets: the job reads its secrets, and no API returns them', {
  skip: skip || noAwsCli,
}, async () => {
  const aws = await awsCli()
  await aws('secretsmanager', 'create-secret', '--name', 'demo/db', '--secret-string', '{"password": "open sesame"}')
  await aws('ssm', 'put-parameter', '--name', '/demo/level', '--type', 'SecureString', '--value', 'as-loud-as-can-be')
  const { outcome, items, ...rest } = await run<{ outcome: string; items: Task[] }>(
    'job-with-secrets',
    'tasks?wait=STOPPED',
    'task',
  )
  assert.equal(outcome, 'reached', JSON.stringify(rest))
  const { events } = JSON.parse(await aws('logs', 'filter-log-events', '--log-group-name', '/demo')) as {
    events: { message: string }[]
  }
  assert.deepEqual(
    events.map(({ message }) => message),
    ['the password has 11 letters, the level is as-loud-as-can-be'],
  )
  for (const path of [`tasks/${items[0]?.id}`, '../../taskdefs/job-with-secrets'])
    assert.doesNotMatch(JSON.stringify(await call('GET', path)), /sesame|as-loud/)
})

test('memory-hog: the container has the out-of-memory reason', { skip }, async () => {
  const { items } = await run<{ items: Task[] }>('memory-hog', 'tasks?wait=STOPPED', 'task')
  assert.equal(items[0]?.containers[0]?.reason, 'OutOfMemoryError: Container killed due to memory usage')
})

test('crash-loop: tasks are restarted until an event says that they cannot start', { skip }, async () => {
  await run('crash-loop', 'services', 'service')
  const { events } = await until(
    () => call<Service>('GET', 'services/crash-loop'),
    (seen) => seen.events.some(({ message }) => message.includes('is unable to consistently start tasks successfully')),
  )
  assert.ok(events.filter(({ message }) => message.includes('has started 1 tasks')).length >= 3)
  await call('DELETE', 'services/crash-loop?wait=INACTIVE')
})

test('unhealthy: the task is replaced without an interruption', { skip }, async () => {
  await run('unhealthy', 'services?wait=STABLE', 'service')
  const [first] = await tasksOf('unhealthy')
  let least = 1
  await until(
    async () => {
      least = Math.min(least, (await call<Service>('GET', 'services/unhealthy')).runningCount)
      return call<Task>('GET', `tasks/${first?.id}`)
    },
    ({ lastStatus }) => lastStatus === 'STOPPED',
  )
  assert.equal(least, 1)
  assert.equal((await call<Task>('GET', `tasks/${first?.id}`)).stoppedReason, 'Task failed container health checks')
})

/** Registers the example's definition, and runs it. */
async function run<T>(name: string, path: string, kind: 'service' | 'task'): Promise<T> {
  await call('POST', '../../taskdefs', example(name, 'taskdef'))
  return call<T>('POST', path, example(name, kind))
}

function example(name: string, part: string): string {
  return readFileSync(join(root, 'examples', name, `${part}.json`), 'utf8').replaceAll(
    /"image": "[^"]+"/g,
    `"image": "${testImage}"`,
  )
}

async function tasksOf(service: string): Promise<Task[]> {
  return (await call<{ items: Task[] }>('GET', `tasks?service=${service}`)).items
}

async function call<T>(method: string, path: string, body?: string): Promise<T> {
  assert.ok(api)
  const headers = {
    authorization: `Bearer ${api.token}`,
    ...(body !== undefined && { 'content-type': 'application/json' }),
  }
  const answer = await fetch(new URL(path, `${api.url}/v1/ecs/local/clusters/demo/`), {
    method,
    headers,
    ...(body !== undefined && { body }),
  })
  const text = await answer.text()
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`)
  return JSON.parse(text) as T
}

/** Debian's AWS CLI, set up with the output of `ecs-api local-aws env`. */
async function awsCli(): Promise<(...args: string[]) => Promise<string>> {
  assert.ok(api)
  const { stdout } = await execute(process.execPath, [
    launcher,
    'local-aws',
    'env',
    '--data',
    join(api.folder, 'data', 'local-aws'),
  ])
  const variables = Object.fromEntries(
    [...stdout.matchAll(/^export (\w+)='?([^'\n]*)'?$/gm)].map(([, name, value]) => [name, value]),
  )
  const env = {
    ...variables,
    PATH: '/usr/bin:/bin',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  }
  return async (...args) =>
    (
      await execute('/usr/bin/aws', ['--endpoint-url', variables.AWS_ENDPOINT_URL ?? '', '--output', 'json', ...args], {
        env,
      })
    ).stdout
}

/** Starts the program in a folder of its own, with a cluster. After the tests nothing of it may be left. */
async function service(): Promise<{ url: string; token: string; folder: string }> {
  await ensureTestImage()
  const folder = mkdtempSync(join(tmpdir(), 'ecs-api-examples-'))
  const token = 'token-of-the-examples'
  const environment = {
    ...process.env,
    ECS_API_LISTEN: '127.0.0.1:0',
    ECS_API_TOKEN: token,
    ECS_API_ACCOUNTS_LOCAL_MODE: 'local',
    ECS_API_ACCOUNTS_LOCAL_RUNTIME: getContainerRuntime().address,
  }
  const child = spawn(process.execPath, [launcher, 'serve'], {
    cwd: folder,
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [first] = await once(child.stdout.setEncoding('utf8'), 'data')
  child.stdout.resume()
  const url = String(first).split('\n')[0] ?? ''
  after(async () => {
    const { docker } = getContainerRuntime()
    const [task] = await tasksOf('web')
    const [any] = await docker.listContainers({ filters: { label: [`ecs-api.task=${task?.id}`] } })
    const engine = any?.Labels['ecs-api.engine']
    assert.ok(engine)
    const range = await networkRangeOf(docker, engine)
    const { items } = await call<{ items: { name: string }[] }>('GET', 'services')
    await Promise.all(items.map(({ name }) => call('DELETE', `services/${name}?wait=INACTIVE`)))
    const exited = once(child, 'exit')
    child.kill('SIGTERM')
    assert.deepEqual(await exited, [0, null])
    await assertNothingIsLeft(docker, engine, range)
    rmSync(folder, { recursive: true, force: true })
  })
  const answer = await fetch(`${url}/v1/ecs/local/clusters`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: '{"name": "demo"}',
  })
  assert.equal(answer.status, 201)
  return { url, token, folder }
}
