// Rollbacks on real containers, through HTTP: what a release ran comes back, by digest, while the service is under
// load.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { after, test } from 'node:test'
import { setTimeout as moment } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { AwsSettings } from '../../packages/gateway/src/config/settings.ts'
import { startEngineOverTcp } from '../../packages/gateway/src/testing/engine-over-tcp.ts'
import { startTestProgram } from '../../packages/gateway/src/testing/program.ts'
import { until } from '../../packages/gateway/src/testing/until.ts'
import { noAwsCli } from '../../packages/local-aws/src/testing/aws-cli.ts'
import { noRegistry, runtimeForRegistry, startRegistry } from '../../packages/local-aws/src/testing/registry.ts'

const skip = noRegistry
const path = '/real/clusters/prod/services/www'

interface Task {
  id: string
  address: string
  desiredStatus: string
  lastStatus: string
  healthStatus: string
  containers: { imageDigest?: string }[]
}

async function openProgram() {
  const { foundRuntime: found, end } = await runtimeForRegistry()
  const remote = await startEngineOverTcp({ runtime: found.address })
  const { api } = await startTestProgram({ accounts: [remote.account('real')] })
  after(end)
  return { api, remote, docker: found.docker }
}
const here = skip ? undefined : await openProgram()

test('a rollback to the first of three releases restores network, health check, environment and image, and no request fails', {
  skip,
}, async (t) => {
  const { api, remote, docker } = here!
  const registry = await startRegistry(t)
  /** Publishes a new image under the same tag, and moves the tag on this machine, too. */
  const publish = async () => {
    const { image, digest } = await registry.publish('web')
    const [repository = ''] = image.split(/:(?=[^:/]*$)/)
    await pull(docker, `${repository}@${digest}`)
    await docker.getImage(`${repository}@${digest}`).tag({ repo: repository, tag: '1' })
    return { image, digest }
  }
  const first = await publish()
  const web = {
    name: 'web',
    image: first.image,
    ports: [80],
    stopTimeout: 5,
    environment: { SAYS: 'one' },
    healthCheck: { command: ['CMD-SHELL', 'true'], interval: 5, retries: 2 },
    command: ['sh', '-c', 'trap exit TERM; mkdir /www; echo $SAYS > /www/index.html; httpd -f -p 80 -h /www & wait'],
  }
  const created = [
    await api.post('/real/clusters', { name: 'prod' }),
    await api.post('/real/taskdefs', { family: 'web', containerDefinitions: [web] }),
    await api.post('/real/clusters/prod/services?wait=STABLE&timeout=300', {
      name: 'www',
      taskDefinition: 'web',
      count: 2,
      subnets: ['subnet-0a1b2c3d'],
    }),
  ]
  for (const { status, text } of created) assert.equal(status, 201, text)
  assert.equal(created[2]!.body.outcome, 'reached', created[2]!.text)

  const second = await publish()
  assert.notEqual(second.digest, first.digest)
  await deploy({
    containers: { web: { environment: { SAYS: 'two' }, healthCheck: { command: ['CMD-SHELL', 'sleep 0'] } } },
    subnets: ['subnet-0a1b2c3e'],
  })
  assert.deepEqual(new Set(await digestsOf()), new Set([second.digest]))
  await deploy({ containers: { web: { environment: { SAYS: 'three' }, stopTimeout: 6 } } })
  const { body: before } = await api.get(`${path}/releases`)
  assert.deepEqual(
    before.items.map(({ release, images }: { release: number; images: { digest: string }[] }) => [
      release,
      images[0]?.digest,
    ]),
    [
      [3, second.digest],
      [2, second.digest],
      [1, first.digest],
    ],
  )

  const load = underLoad()
  const back = await api.post(`${path}/rollback?wait=STABLE&timeout=300`, { release: 1 })
  assert.deepEqual([back.status, back.body.outcome, back.body.desiredCount], [200, 'reached', 2], back.text)
  const said = await load.end()
  assert.ok(said.has('three') && said.has('one'), [...said].join())

  assert.deepEqual(await digestsOf(), [first.digest, first.digest])
  const { body: service } = await api.get(path)
  assert.deepEqual(service.networkConfiguration.awsvpcConfiguration.subnets, ['subnet-0a1b2c3d'])
  const { body: definition } = await api.get(`/real/taskdefs/${service.taskDefinition}`)
  const [restored] = definition.containerDefinitions
  assert.equal(restored.image, first.image.replace(/:1$/, `@${first.digest}`))
  const { body: original } = await api.get('/real/taskdefs/web:1')
  assert.deepEqual({ ...restored, image: first.image }, original.containerDefinitions[0])
  const [newest] = (await api.get(`${path}/releases`)).body.items
  assert.deepEqual(
    [newest.release, newest.restoredFrom, newest.outcome, newest.isCurrent, newest.images[0].digest],
    [4, 1, 'stable', true, first.digest],
  )

  await remote.ecs.deregisterTaskDefinition({ taskDefinition: 'web:2' })
  await remote.ecs.deleteTaskDefinitions({ taskDefinitions: ['web:2'] })
  const gone = await api.post(`${path}/rollback`, { release: 2 })
  assert.deepEqual([gone.status, gone.body.code], [409, 'ReleaseIncomplete'], gone.text)
  assert.match(gone.body.detail, /its task definition web:2 was deleted/)

  await t.test('a release made with the AWS CLI appears', { skip: noAwsCli }, async () => {
    await updateByCli(remote.account('real'), '--force-new-deployment')
    await waitUntilSteady()
    const [latest] = (await api.get(`${path}/releases`)).body.items
    assert.deepEqual([latest.release, latest.by, latest.outcome], [5, 'elsewhere', 'stable'])
  })

  await t.test('a rollback repeated under its key makes one deployment', async () => {
    const count = (await api.get(`${path}/releases`)).body.items.length
    const headers = { 'idempotency-key': 'back-to-three' }
    const once = await api.post(`${path}/rollback`, { release: 3 }, { headers })
    const again = await api.post(`${path}/rollback`, { release: 3 }, { headers })
    assert.deepEqual([once.status, again.status, again.body], [200, 200, once.body], once.text)
    await waitUntilSteady()
    const { body } = await api.get(`${path}/releases`)
    const [latest] = body.items
    assert.deepEqual([latest.release, latest.restoredFrom, latest.outcome], [count + 1, 3, 'stable'])
    assert.deepEqual(await digestsOf(), [second.digest, second.digest])
  })
  assert.equal((await api.delete(`${path}?force=true&wait=INACTIVE&timeout=300`)).body.outcome, 'reached')
  for (const { image, digest } of [first, second])
    await docker.getImage(image.replace(/:1$/, `@${digest}`)).remove({ force: true })

  async function deploy(patch: object): Promise<void> {
    const { body, text } = await api.patch(`${path}?wait=STABLE&timeout=300`, patch)
    assert.equal(body.outcome, 'reached', text)
  }
})

async function waitUntilSteady(): Promise<void> {
  await until(
    async () => (await here!.api.get(path, { headers: { 'cache-control': 'no-cache' } })).body.deployments,
    (deployments) => deployments.length === 1 && deployments[0].rolloutState === 'COMPLETED',
  )
}

async function tasks(): Promise<Task[]> {
  const { body } = await here!.api.get(`${path}/tasks`, { headers: { 'cache-control': 'no-cache' } })
  return body.items
}

async function digestsOf(): Promise<(string | undefined)[]> {
  return (await tasks()).filter(isServing).map(({ containers }) => containers[0]?.imageDigest)
}

/** Sends requests to each task that serves, one after another, until the end. A failed one fails the test. */
function underLoad() {
  const said = new Set<string>()
  const failures: unknown[] = []
  const busy = new Map<string, { done: Promise<void>; abort: () => void }>()
  let isOver = false
  const work = (async () => {
    while (!isOver) {
      const serving = (await tasks()).filter(isServing)
      const ids = new Set(serving.map(({ id }) => id))
      for (const [id, { abort }] of busy) if (!ids.has(id)) abort()
      for (const { id, address } of serving) {
        if (busy.has(id)) continue
        const aborted = new AbortController()
        const done = fetchText(address, aborted.signal)
          .then(
            (text) => void said.add(text),
            async (error: unknown) => {
              const still = (await tasks()).find((task) => task.id === id)
              if (!aborted.signal.aborted && still && isServing(still)) failures.push(error)
            },
          )
          .finally(() => busy.delete(id))
        busy.set(id, { done, abort: () => aborted.abort() })
      }
      await moment(10)
    }
  })()
  return {
    /** @returns the texts of all responses */
    async end(): Promise<Set<string>> {
      isOver = true
      await work
      for (const { done, abort } of [...busy.values()]) {
        abort()
        await done
      }
      assert.deepEqual(failures, [])
      return said
    },
  }
}

async function fetchText(address: string, signal: AbortSignal): Promise<string> {
  const answer = await fetch(`http://${address}/`, { signal })
  assert.equal(answer.status, 200)
  return (await answer.text()).trim()
}

function isServing({ desiredStatus, lastStatus, healthStatus }: Task): boolean {
  return desiredStatus === 'RUNNING' && lastStatus === 'RUNNING' && healthStatus === 'HEALTHY'
}

/** Changes the service with the AWS CLI, which reads no configuration of the machine. */
async function updateByCli({ endpoint = '', credentials }: AwsSettings, ...args: string[]): Promise<void> {
  const { accessKeyId = '', secretAccessKey = '' } = credentials ?? {}
  const service = ['--cluster', 'prod', '--service', 'www']
  await promisify(execFile)(
    '/usr/bin/aws',
    ['--endpoint-url', endpoint, 'ecs', 'update-service', ...service, ...args],
    {
      env: {
        PATH: '/usr/bin:/bin',
        AWS_CONFIG_FILE: '/dev/null',
        AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_DEFAULT_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
      },
    },
  )
}

type Docker = Awaited<ReturnType<typeof runtimeForRegistry>>['foundRuntime']['docker']

async function pull(docker: Docker, name: string): Promise<void> {
  const stream = await docker.createImage(undefined, { fromImage: name })
  await new Promise<void>((resolve, reject) =>
    docker.modem.followProgress(stream, (error) => (error ? reject(error) : resolve())),
  )
}
