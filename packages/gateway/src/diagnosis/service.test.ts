/** Diagnoses of services and accounts, on simulated containers. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Diagnosis, hasCause, hasCauseWithTask, waitForDiagnosis } from '../testing/diagnosis-when.ts'
import { openEventReader } from '../testing/event-reader.ts'
import { startTestProgram } from '../testing/program.ts'

const { api, newAccount, awsCalls, listen, token } = await startTestProgram()
const { url } = await listen()

interface Setup {
  labels?: Record<string, string>
  container?: object
  service?: object
}

/** Creates the service `www` and returns its path. */
async function newService({ labels = {}, container = {}, service = {} }: Setup) {
  const account = await newAccount()
  await api.post(`/${account}/clusters`, { name: 'prod' })
  const web = { name: 'web', image: 'nginx', dockerLabels: labels, ...container }
  const registered = await api.post(`/${account}/taskdefs`, {
    family: 'web',
    executionRoleArn: 'arn:aws:iam::111122223333:role/exec',
    containerDefinitions: [web],
  })
  assert.equal(registered.status, 201, registered.text)
  const made = await api.post(`/${account}/clusters/prod/services`, {
    name: 'www',
    taskDefinition: 'web',
    count: 1,
    ...service,
  })
  assert.equal(made.status, 201, made.text)
  return { account, path: `/${account}/clusters/prod/services/www` }
}

/** @param path of the service */
const diagnosisWhen = (path: string, isWanted: (diagnosis: Diagnosis) => boolean) =>
  waitForDiagnosis(`${url}/v1/ecs${path}`, token, isWanted)

test('a service that runs is healthy', async () => {
  const { path } = await newService({ service: { count: 2 } })
  const diagnosis = await diagnosisWhen(path, ({ status }) => status === 'healthy')
  assert.deepEqual(diagnosis, { status: 'healthy', summary: '2 of 2 tasks run.', causes: [], notChecked: [] })
})

const failures: [name: string, setup: Setup, code: string, evidence: RegExp][] = [
  [
    'an image that does not exist',
    { labels: { 'ecs-api.simulated.pull-error': 'failed to resolve ref nginx: not found' } },
    'ImageNotFound',
    /CannotPullContainerError: failed to resolve ref nginx: not found/,
  ],
  [
    'a program that crashes',
    { labels: { 'ecs-api.simulated.exit-after': '0', 'ecs-api.simulated.exit-code': '3' } },
    'ProgramFailed',
    /container web: exit code 3/,
  ],
  [
    'a program that uses too much memory',
    { labels: { 'ecs-api.simulated.out-of-memory-after': '0' } },
    'OutOfMemory',
    /OutOfMemoryError/,
  ],
  [
    'a health check that fails',
    {
      labels: { 'ecs-api.simulated.unhealthy-after': '0' },
      container: { healthCheck: { command: ['CMD', 'false'] } },
    },
    'HealthCheckFailed',
    /failed container health checks/,
  ],
  [
    'a secret that does not exist',
    {
      container: {
        secrets: { PASSWORD: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:none-abcdef' },
      },
    },
    'SecretNotFound',
    /ResourceInitializationError/,
  ],
  [
    'a log group that does not exist',
    {
      container: {
        logConfiguration: {
          logDriver: 'awslogs',
          options: { 'awslogs-group': '/none', 'awslogs-region': 'us-east-1', 'awslogs-stream-prefix': 'web' },
        },
      },
    },
    'LogGroupUnavailable',
    /ResourceInitializationError/,
  ],
  [
    'a container that the runtime rejects',
    { labels: { 'ecs-api.simulated.start-error': 'no such user' } },
    'ContainerStartRefused',
    /CannotStartContainerError: no such user/,
  ],
]
for (const [name, setup, code, evidence] of failures)
  test(`${name}: ${code} is the first cause`, async () => {
    const { path } = await newService(setup)
    const diagnosis = await diagnosisWhen(path, hasCauseWithTask(code))
    const [first] = diagnosis.causes
    assert.equal(first!.code, code, JSON.stringify(diagnosis))
    assert.ok(
      first!.evidence.some(({ text }) => evidence.test(text)),
      JSON.stringify(first),
    )
    assert.ok(['failing', 'degraded'].includes(diagnosis.status), diagnosis.status)
    assert.ok(diagnosis.summary.includes(first!.summary), diagnosis.summary)
    assert.ok(diagnosis.notChecked.length > 0)
    const task = first!.evidence.find(({ kind }) => kind === 'task')
    const ofTask = await api.get(`${task!.resource}/diagnosis`)
    assert.deepEqual([ofTask.status, ofTask.body.causes[0].code], [200, code], ofTask.text)
  })

test('output and command of a failed health check are the first evidence, for the service and the task', async () => {
  const output = "wget: can't connect to remote host (127.0.0.1): Connection refused"
  const command = ['CMD-SHELL', 'wget -q -O- http://127.0.0.1:9/']
  const { path } = await newService({
    labels: { 'ecs-api.simulated.unhealthy-after': '0', 'ecs-api.simulated.health-output': output },
    container: { healthCheck: { command }, portMappings: [{ containerPort: 8080 }] },
    service: { count: 2 },
  })
  const { causes } = await diagnosisWhen(path, hasCauseWithTask('HealthCheckFailed'))
  const task = causes[0]!.evidence.find(({ kind }) => kind === 'task')!
  const ofTask = (await api.get(`${task.resource}/diagnosis`, { headers: { 'cache-control': 'no-cache' } })).body
  for (const { code, evidence, next } of [causes[0]!, ofTask.causes[0] as (typeof causes)[0]]) {
    assert.equal(code, 'HealthCheckFailed')
    const texts = evidence.map(({ text }) => text)
    assert.ok(texts[0]!.endsWith(`(container web) health check failed: exit code 1: ${output}`), texts.join('\n'))
    assert.equal(texts[1], `health check of the container web: ${command.join(' ')}`)
    assert.doesNotMatch(texts.join('\n'), /exit code 1(37|43)/)
    assert.match(next[0]!.text, /Nothing listens at that port in the container.*`portMappings` has 8080/)
  }
})

test('while tasks have not passed their health check, the diagnosis says so, with the command and when ECS decides', async () => {
  const command = ['CMD-SHELL', 'curl -f http://127.0.0.1/health']
  const { path } = await newService({
    labels: { 'ecs-api.simulated.healthy-after': '600' },
    container: { healthCheck: { command } },
  })
  const [first] = (await diagnosisWhen(path, ({ causes }) => /health check/.test(causes[0]?.summary ?? ''))).causes
  assert.match(first!.summary, /; the running new task has not passed its health check yet\.$/)
  assert.deepEqual([first!.code, first!.severity], ['DeploymentInProgress', 'expected'])
  const [step, nextStep, check] = first!.evidence
  assert.ok(Date.parse(nextStep!.at!) - Date.parse(step!.at!) >= 90_000, JSON.stringify([step, nextStep]))
  assert.equal(nextStep!.text, 'ECS stops a task after 3 failed checks in a row, from then on')
  assert.equal(check!.text, `health check of the container web: ${command.join(' ')}`)
  assert.match(first!.next[0]!.text, /\(ECS Exec\)/)
})

test('percentages that leave no room: PercentDeadlock is the first cause, with its event', async () => {
  const { account, path } = await newService({
    service: { deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 150 } },
  })
  await diagnosisWhen(path, ({ status }) => status === 'healthy')
  assert.equal((await api.patch(path, { containers: { web: { image: 'nginx:2' } } })).status, 200)
  const { causes } = await diagnosisWhen(path, hasCause('PercentDeadlock'))
  assert.equal(causes[0]!.code, 'PercentDeadlock', JSON.stringify(causes))
  assert.match(causes[0]!.evidence[0]!.text, /^\(service www\) was unable to stop or start tasks during a deployment/)
  const { body } = await api.get(`/${account}/diagnosis`)
  assert.deepEqual(
    body.services.map((each: { service: string; causes: { code: string }[] }) => [each.service, each.causes[0]?.code]),
    [['www', 'PercentDeadlock']],
  )
})

test('tasks that fail again and again: the exit code is the first cause, ECS’s pause a later one', async () => {
  const { path } = await newService({
    labels: { 'ecs-api.simulated.exit-after': '0', 'ecs-api.simulated.exit-code': '1' },
  })
  const { causes } = await diagnosisWhen(
    path,
    (diagnosis) => diagnosis.status === 'failing' && hasCause('StartBackOff')(diagnosis),
  )
  assert.deepEqual([causes[0]!.code, causes.at(-1)!.code], ['ProgramFailed', 'StartBackOff'], JSON.stringify(causes))
  assert.match(causes[0]!.summary, /, in \d+ tasks\.$/)
})

test('tasks that run and end: their cause stays, though ECS reports a steady state after each replacement', async () => {
  const { account, path } = await newService({
    labels: { 'ecs-api.simulated.exit-after': '1', 'ecs-api.simulated.exit-code': '3' },
  })
  const { causes } = await diagnosisWhen(path, ({ summary }) => /, in [4-9] tasks\.$/.test(summary))
  assert.equal(causes[0]!.code, 'ProgramFailed', JSON.stringify(causes))
  const { body: service } = await api.get(path)
  assert.equal(service.deployments[0].rolloutState, 'COMPLETED')
  assert.ok(service.events.some(({ message }: { message: string }) => message.endsWith('reached a steady state.')))
  const { body } = await api.get(`/${account}/diagnosis`)
  const [first] = body.services
  assert.equal(first.causes[0]?.code, 'TasksDoNotStay', JSON.stringify(body))
  assert.match(first.summary, /Tasks keep ending: \d+ were replaced within 1 min\./)
  assert.equal((await api.patch(`${path}?wait=STABLE`, { count: 0 })).status, 200)
  const { body: scaled } = await api.get(`${path}/diagnosis`)
  assert.deepEqual([scaled.status, scaled.causes], ['healthy', []], JSON.stringify(scaled))
})

const logConfiguration = {
  logDriver: 'awslogs',
  options: {
    'awslogs-group': '/web',
    'awslogs-region': 'us-east-1',
    'awslogs-stream-prefix': 'web',
    'awslogs-create-group': 'true',
  },
}

test('the last lines that a simulated command printed are evidence of why it ended', async () => {
  const command = ['sh', '-c', 'echo starting; sleep 0.1; echo "no database" >&2; exit 3']
  const { path } = await newService({ container: { command, logConfiguration } })
  const { causes } = await diagnosisWhen(path, hasCauseWithTask('ProgramFailed'))
  assert.match(JSON.stringify(causes[0]!.evidence), /starting.*no database/s)
})

test('a diagnosis of a service costs five calls to AWS, with the last lines of a container', async () => {
  const { path } = await newService({
    labels: { 'ecs-api.simulated.exit-after': '0', 'ecs-api.simulated.exit-code': '1' },
    container: { logConfiguration },
  })
  const stream = await openEventReader(`${url}/v1/ecs${path}`, { authorization: `Bearer ${token}` })
  await stream.waitForEvent(() => /has started \d+ tasks.* is unable to/s.test(JSON.stringify(stream.events)))
  stream.close()
  const { body, text, headers } = await api.get(`${path}/diagnosis`, { headers: { 'cache-control': 'no-cache' } })
  // The last call of the closed stream may still be under way.
  const made = awsCalls.filter(({ requestId }) => requestId === headers['x-request-id'])
  assert.deepEqual(made.map(({ action }) => action).sort(), [
    'DescribeServices',
    'DescribeTaskDefinition',
    'DescribeTasks',
    'FilterLogEvents',
    'ListTasks',
  ])
  assert.deepEqual(
    body.notChecked[0],
    {
      check: 'last lines of the container web',
      reason: 'The container web printed nothing: of a simulated command, only `echo` prints.',
    },
    text,
  )
  const steps = JSON.stringify(body.causes[0].next)
  assert.doesNotMatch(steps, /last log lines/, 'no step reads lines that do not exist')
  assert.doesNotMatch(steps, /Run the image locally/, 'its containers run on this machine')
  assert.match(steps, /Compare `command` and `environment`/)
})

test('an account’s diagnosis lists the services that are not healthy, the most urgent first', async () => {
  // None of its tasks ever runs, so that it is failing at each moment.
  const { account, path } = await newService({ labels: { 'ecs-api.simulated.pull-error': 'no such image' } })
  await api.post(`/${account}/taskdefs`, { family: 'good', containerDefinitions: [{ name: 'web', image: 'nginx' }] })
  const good = { name: 'good', taskDefinition: 'good', count: 1 }
  await api.post(`/${account}/clusters/prod/services?wait=STABLE`, good)
  await diagnosisWhen(path, hasCause('StartBackOff'))
  const { body } = await api.get(`/${account}/diagnosis`, { headers: { 'cache-control': 'no-cache' } })
  assert.deepEqual([body.status, body.summary], ['failing', '1 of 2 services needs attention.'], JSON.stringify(body))
  assert.deepEqual([body.services[0].cluster, body.services[0].service], ['prod', 'www'])
})

test('a service in a deployment without a failure needs no attention', async () => {
  const { account } = await newService({ labels: { 'ecs-api.simulated.pull-delay': '600' } })
  const { body } = await api.get(`/${account}/diagnosis`, { headers: { 'cache-control': 'no-cache' } })
  assert.deepEqual([body.status, body.summary], ['progressing', 'prod/www is changing.'], JSON.stringify(body))
})

test('a diagnosis says that a service is being deleted, and the account’s diagnosis leaves it out', async () => {
  const { account, path } = await newService({ labels: { 'ecs-api.simulated.ignore-sigterm': 'true' } })
  await diagnosisWhen(path, ({ status }) => status === 'healthy')
  const fresh = { headers: { 'cache-control': 'no-cache' } }
  await api.get(`/${account}/diagnosis`, fresh)
  const deleted = await api.delete(`${path}?force=true`)
  assert.equal(deleted.body.status, 'DRAINING', deleted.text)
  assert.match((await api.get(`${path}/diagnosis`, fresh)).body.summary, /^The service is being deleted, and \d of its/)
  const { status, summary, services } = (await api.get(`/${account}/diagnosis`, fresh)).body
  assert.deepEqual([status, summary, services], ['healthy', 'There are no services.', []])
})

test('an account’s diagnosis includes a new service at once, although the services were listed before', async () => {
  const account = await newAccount()
  const diagnose = async () =>
    (await api.get(`/${account}/diagnosis`, { headers: { 'cache-control': 'no-cache' } })).body.summary
  assert.equal(await diagnose(), 'There are no services.')
  await api.post(`/${account}/clusters`, { name: 'prod' })
  assert.equal(await diagnose(), 'There are no services.')
  await api.post(`/${account}/taskdefs`, { family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx' }] })
  const one = { name: 'one', taskDefinition: 'web', count: 1 }
  await api.post(`/${account}/clusters/prod/services?wait=STABLE`, one)
  // Once other reads show the new service, it is no longer in the recent writes.
  for (const path of ['clusters', 'services', 'clusters/prod/services/one'])
    await api.get(`/${account}/${path}`, { headers: { 'cache-control': 'no-cache' } })
  assert.equal(await diagnose(), 'prod/one needs no attention.')
  await api.delete(`/${account}/clusters/prod/services/one?force=true&wait=INACTIVE`)
  await diagnose()
  assert.equal(await diagnose(), 'There are no services.')
})

const broken = { 'ecs-api.simulated.pull-error': 'failed to resolve ref nginx: not found' }

test('a deployment that was rolled back needs attention, with its cause, until the next one succeeds', async () => {
  const deploymentCircuitBreaker = { enable: true, rollback: true }
  const { account, path } = await newService({ service: { deploymentConfiguration: { deploymentCircuitBreaker } } })
  await diagnosisWhen(path, ({ status }) => status === 'healthy')
  const failed = await api.patch(`${path}?wait=STABLE`, { containers: { web: { dockerLabels: broken } } })
  assert.equal(failed.body.outcome, 'failed', failed.text)
  const rolledBack = /^1 of 1 tasks run\. The last deployment failed; ECS rolled back to web:1\./
  const steady = await diagnosisWhen(path, ({ summary, status }) => status === 'degraded' && rolledBack.test(summary))
  assert.deepEqual(
    steady.causes.map(({ code }) => code),
    ['ImageNotFound', 'DeploymentFailed'],
    JSON.stringify(steady),
  )
  const ofAccount = async () =>
    (await api.get(`/${account}/diagnosis`, { headers: { 'cache-control': 'no-cache' } })).body
  const { status, summary, services } = await ofAccount()
  assert.deepEqual([status, summary], ['degraded', 'prod/www needs attention.'])
  assert.match(services[0].summary, rolledBack)
  await api.patch(`${path}?wait=STABLE`, { count: 2 })
  assert.equal((await diagnosisWhen(path, ({ summary }) => summary.startsWith('2 of 2'))).status, 'degraded')
  await api.patch(`${path}?wait=STABLE`, { containers: { web: { image: 'nginx:2' } } })
  assert.equal((await diagnosisWhen(path, ({ status }) => status === 'healthy')).causes.length, 0)
  assert.equal((await ofAccount()).status, 'healthy')
})

test('the causes of a failed deployment are gone once a newer deployment begins, even after its rollback', async () => {
  const deploymentCircuitBreaker = { enable: true, rollback: true }
  const { path } = await newService({ service: { deploymentConfiguration: { deploymentCircuitBreaker } } })
  await diagnosisWhen(path, ({ status }) => status === 'healthy')
  await api.patch(`${path}?wait=STABLE`, { containers: { web: { dockerLabels: broken } } })
  await diagnosisWhen(path, hasCauseWithTask('ImageNotFound'))
  const dockerLabels = { 'ecs-api.simulated.exit-after': '0', 'ecs-api.simulated.exit-code': '3' }
  const failing = await api.patch(path, { containers: { web: { dockerLabels } } })
  assert.equal(failing.status, 200, failing.text)
  const codesOf = ({ causes }: Diagnosis) => causes.map(({ code }) => code)
  const during = await diagnosisWhen(path, hasCauseWithTask('ProgramFailed'))
  assert.equal(codesOf(during)[0], 'ProgramFailed', JSON.stringify(during))
  const after = await diagnosisWhen(path, ({ summary }) => /ECS rolled back to web:1\./.test(summary))
  for (const { causes } of [during, after])
    assert.ok(!causes.some(({ code }) => code === 'ImageNotFound'), JSON.stringify(causes))
  // While the next deployment is in progress, causes of the failed deployment are left out.
  const waiting = { 'ecs-api.simulated.pull-delay': '3600' }
  await api.patch(path, { containers: { web: { image: 'nginx:2', dockerLabels: waiting } } })
  const mending = (await api.get(`${path}/diagnosis`, { headers: { 'cache-control': 'no-cache' } })).body
  assert.deepEqual(codesOf(mending), ['DeploymentInProgress'], JSON.stringify(mending))
})

test('an account’s diagnosis lists a service whose new tasks fail, before an event reports it', async () => {
  const { account, path } = await newService({ service: { count: 2 } })
  await diagnosisWhen(path, ({ status }) => status === 'healthy')
  await api.patch(path, { containers: { web: { dockerLabels: broken } } })
  await diagnosisWhen(path, hasCauseWithTask('ImageNotFound'))
  const { status, services } = (await api.get(`/${account}/diagnosis`, { headers: { 'cache-control': 'no-cache' } }))
    .body
  assert.equal(status, 'degraded')
  assert.ok(['TasksFailing', 'StartBackOff'].includes(services[0].causes[0].code), JSON.stringify(services))
  assert.match(services[0].summary, /^0 of 2 new tasks run, and 2 old tasks still run\. /)
})

test('next steps fit the engine, and a reason that ECS repeats is shown once', async () => {
  const error = 'failed to resolve ref localhost/shop:9: dial tcp 127.0.0.1:443: connect: connection refused'
  const { path } = await newService({ labels: { 'ecs-api.simulated.pull-error': error } })
  const { causes, notChecked } = await diagnosisWhen(path, hasCauseWithTask('LocalImageMissing'))
  const text = JSON.stringify([causes[0]!.next, notChecked])
  assert.match(text, /Build the image on this machine, or correct `image`\..*`docker images` lists them/)
  assert.doesNotMatch(text, /NAT|assignPublicIp|security group|subnet|role/)
  assert.equal(causes[0]!.evidence.find(({ kind }) => kind === 'task')!.text, 'TaskFailedToStart')
})

test('a diagnosis of an account costs at most five calls, and the next one goes on where it ended', async () => {
  const account = await newAccount()
  const names = ['a', 'b', 'c']
  for (const cluster of names) await api.post(`/${account}/clusters`, { name: cluster })
  await api.post(`/${account}/taskdefs`, { family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx' }] })
  const made = names.flatMap((cluster) =>
    Array.from({ length: 12 }, (_, i) =>
      api.post(`/${account}/clusters/${cluster}/services`, { name: `web-${i}`, taskDefinition: 'web', count: 0 }),
    ),
  )
  for (const { status, text } of await Promise.all(made)) assert.equal(status, 201, text)
  const diagnose = async () => {
    const before = awsCalls.length
    const { body } = await api.get(`/${account}/diagnosis`, { headers: { 'cache-control': 'no-cache' } })
    const count = awsCalls.slice(before).filter((call) => call.account === account).length
    return { ...body, count } as { status: string; summary: string; notChecked: { check: string }[]; count: number }
  }
  const first = await diagnose()
  assert.equal(first.count, 5)
  assert.notEqual(first.status, 'healthy')
  assert.ok(first.notChecked.length > 0)
  for (let tries = 0; ; tries++) {
    const { count, notChecked, summary } = await diagnose()
    assert.ok(count <= 5 && tries < 5, `${count} calls, after ${tries} tries: ${JSON.stringify(notChecked)}`)
    if (notChecked.every(({ check }) => !/more/.test(check))) {
      assert.match(summary, /36 services/)
      break
    }
  }
})

test('a diagnosis of a missing service or task gets a 404', async () => {
  const { account, path } = await newService({})
  const paths = [`${path}x/diagnosis`, `/${account}/clusters/prod/tasks/${'0'.repeat(32)}/diagnosis`]
  for (const missing of paths) assert.equal((await api.get(missing)).status, 404, missing)
})
