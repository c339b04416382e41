// Failures of services on real containers, by HTTP only: each diagnosis names the true cause first, with evidence.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  type Diagnosis,
  hasCause,
  hasCauseWithTask,
  waitForDiagnosis,
} from '../../packages/gateway/src/testing/diagnosis-when.ts'
import { newFolder, startGatewayProcess } from '../../packages/gateway/src/testing/process.ts'
import { ensureTestImage, getContainerRuntime, testImage } from '../../packages/local-aws/src/testing/containers.ts'
import { assertNothingIsLeft, networkRangeOf } from '../../packages/local-aws/src/testing/leftovers.ts'
import { noRegistry, runtimeForRegistry, startRegistry } from '../../packages/local-aws/src/testing/registry.ts'

const skip = noRegistry
const shell = (script: string) => ({ image: testImage, command: ['sh', '-c', script], stopTimeout: 2 })
const sleeper = shell('trap exit TERM; sleep 600 & wait')

let program: Awaited<ReturnType<typeof startProgram>>

const cases: [name: string, container: object, code: string, evidence: RegExp, more?: object][] = [
  [
    'a crash loop, with the last lines of the program',
    {
      ...shell('echo cannot find the file; exit 3'),
      logConfiguration: logsTo('/web', { 'awslogs-create-group': 'true' }),
    },
    'ProgramFailed',
    /^cannot find the file$/,
  ],
  ['a command that does not exist', shell('no-such-command'), 'CommandNotFound', /exit code 127/],
  [
    'a program that uses too much memory',
    { ...shell('x=a; while true; do x=$x$x; done'), memory: 32 },
    'OutOfMemory',
    /OutOfMemoryError: Container killed due to memory usage/,
  ],
  [
    'a health check that fails',
    { ...sleeper, healthCheck: { command: ['CMD-SHELL', 'echo not ready >&2; exit 4'], interval: 5, retries: 1 } },
    'HealthCheckFailed',
    /health check failed: exit code 4: not ready/,
  ],
  [
    'a secret that does not exist',
    { ...sleeper, secrets: { PASSWORD: 'arn:aws:secretsmanager:us-east-1:843990613110:secret:none-abcdef' } },
    'SecretNotFound',
    /ResourceInitializationError/,
  ],
  [
    'a log group that does not exist',
    { ...sleeper, logConfiguration: logsTo('/none') },
    'LogGroupUnavailable',
    /ResourceInitializationError/,
  ],
]
describe('on real containers', { skip }, () => {
  before(async () => {
    program = await startProgram()
  })
  after(() => program.end())

  for (const [name, container, code, evidence] of cases)
    test(`${name}: ${code}`, async () => {
      const url = await newService(container)
      assertCause(await waitForDiagnosis(url, program.token, showsEvidence(code, evidence)), code, evidence)
      await removeService(url)
    })

  test('an image that does not exist: ImageNotFound', async (t) => {
    const { address } = await startRegistry(t)
    const url = await newService({ ...sleeper, image: `${address}/nope:1` })
    const diagnosis = await waitForDiagnosis(url, program.token, hasCauseWithTask('ImageNotFound'))
    assertCause(diagnosis, 'ImageNotFound', /CannotPullContainerError: .*nope/)
    await removeService(url)
  })

  test('an image for another processor: WrongArchitecture', async (t) => {
    const { publish } = await startRegistry(t)
    const architecture = process.arch === 'arm64' ? 'amd64' : 'arm64'
    const published = await publish('other', { architecture, asList: true })
    const url = await newService({ ...sleeper, image: published.image })
    const diagnosis = await waitForDiagnosis(url, program.token, hasCauseWithTask('WrongArchitecture'))
    assertCause(diagnosis, 'WrongArchitecture', /CannotPullContainerError/)
    await removeService(url)
  })

  test('percentages that leave no room: PercentDeadlock', async () => {
    const url = await newService(sleeper, {
      deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 150 },
    })
    await waitForDiagnosis(url, program.token, ({ status }) => status === 'healthy')
    await call('PATCH', url, { containers: { web: { environment: { VERSION: '2' } } } })
    const diagnosis = await waitForDiagnosis(url, program.token, hasCause('PercentDeadlock'))
    assertCause(diagnosis, 'PercentDeadlock', /unable to stop or start tasks during a deployment/)
    await removeService(url)
  })
})

function logsTo(group: string, more: Record<string, string> = {}) {
  const options = { 'awslogs-group': group, 'awslogs-region': 'us-east-1', 'awslogs-stream-prefix': 'web', ...more }
  return { logDriver: 'awslogs', options }
}

/** The cause with a stopped task and this evidence: lines can come after the end of their container. */
const showsEvidence = (code: string, evidence: RegExp) => (diagnosis: Diagnosis) =>
  hasCauseWithTask(code)(diagnosis) &&
  diagnosis.causes.some((cause) => cause.code === code && cause.evidence.some(({ text }) => evidence.test(text)))

function assertCause({ status, causes }: Diagnosis, code: string, evidence: RegExp): void {
  assert.equal(causes[0]?.code, code, JSON.stringify(causes))
  assert.ok(
    causes[0].evidence.some(({ text }) => evidence.test(text)),
    JSON.stringify(causes[0]),
  )
  assert.ok(['failing', 'degraded'].includes(status), status)
}

let services = 0
/** Creates a service in a family of its own. @returns its URL */
async function newService(container: object, more: object = {}): Promise<string> {
  const name = `web-${++services}`
  await call('POST', `${program.base}/taskdefs`, {
    family: name,
    executionRoleArn: 'arn:aws:iam::843990613110:role/exec',
    containerDefinitions: [{ name: 'web', ...container }],
  })
  await call('POST', `${program.base}/clusters/demo/services`, { name, taskDefinition: name, count: 1, ...more })
  return `${program.base}/clusters/demo/services/${name}`
}

async function removeService(url: string): Promise<void> {
  await call('DELETE', `${url}?wait=INACTIVE&timeout=120`)
}

async function call(method: string, url: string, body?: object, token = program.token) {
  const response = await fetch(url, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  assert.ok(response.ok, `${method} ${url}: ${response.status} ${text}`)
  return JSON.parse(text) as { items?: unknown }
}

/** Starts the program with real containers. After the tests nothing of it may be left. */
async function startProgram() {
  await ensureTestImage()
  const { foundRuntime: found, end } = await runtimeForRegistry()
  const { folder, remove } = await newFolder()
  const running = await startGatewayProcess({ folder, env: { ECS_API_ACCOUNTS_LOCAL_RUNTIME: found.address } })
  const { url, token } = running
  const base = `${url}/v1/ecs/local`
  const { docker } = getContainerRuntime()
  await call('POST', `${base}/clusters`, { name: 'demo' }, token)
  const engine = await engineId(base, token)
  async function endAll(): Promise<void> {
    const range = await networkRangeOf(docker, engine)
    running.child.kill('SIGTERM')
    assert.deepEqual(await running.exit, { code: 0, signal: null })
    await assertNothingIsLeft(docker, engine, range)
    await end()
    await remove()
  }
  return { base, token, end: endAll }
}

/** The id of the program's engine, from the label of a container. */
async function engineId(base: string, token: string): Promise<string> {
  await call(
    'POST',
    `${base}/taskdefs`,
    { family: 'first', containerDefinitions: [{ name: 'web', ...sleeper }] },
    token,
  )
  const { items } = await call('POST', `${base}/clusters/demo/tasks?wait=RUNNING`, { taskDefinition: 'first' }, token)
  const [task] = items as { id: string }[]
  const filters = { label: [`ecs-api.task=${task!.id}`] }
  const [container] = await getContainerRuntime().docker.listContainers({ filters })
  await call('DELETE', `${base}/clusters/demo/tasks/${task!.id}`, undefined, token)
  return container!.Labels['ecs-api.engine']!
}
