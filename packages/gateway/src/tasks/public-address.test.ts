/** `publicAddress` of tasks, which the gateway reads from EC2. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { after, test } from 'node:test'
import { startEngineOverTcp } from '../testing/engine-over-tcp.ts'
import { startTestProgram, type TestProgram } from '../testing/program.ts'
import { until } from '../testing/until.ts'

const remote = await startEngineOverTcp({ verifySignatures: true })
const proxies = {
  denying: await awsWithoutEc2((response) => response.writeHead(403).end(unauthorized)),
  silent: await awsWithoutEc2(() => {}),
}
const accounts = [
  remote.account('remote'),
  ...Object.entries(proxies).map(([name, endpoint]) => remote.account(name, { endpoint })),
]
const program = await startTestProgram({ engine: { pace: 'instant' }, accounts })
const { api, awsCalls } = program
const ec2Calls = (account: string) =>
  awsCalls.filter((call) => call.account === account && call.action === 'DescribeNetworkInterfaces')

test('a task run with assignPublicIp shows its public address, in process and over TCP', async () => {
  for (const account of [await program.newAccount(), 'remote']) {
    const tasks = await createCluster(program, account)
    const { body } = await api.post(`${tasks}?wait=RUNNING`, { taskDefinition: 'web', assignPublicIp: true })
    const shown = await untilPublic(`${tasks}/${body.items[0].id}`)
    assert.match(shown.publicAddress, /^198\.1[89]\.\d+\.\d+$/, JSON.stringify(shown))
    assert.match(shown.address, /^10\./)
    assert.equal((await api.get(tasks)).body.items[0].publicAddress, shown.publicAddress)
    const hidden = (await api.post(`${tasks}?wait=RUNNING`, { taskDefinition: 'web' })).body.items[0]
    assert.equal('publicAddress' in hidden, false)
  }
})

test('EC2 is called once for all tasks of a response, and not again for known tasks', async () => {
  const account = await program.newAccount()
  const tasks = await createCluster(program, account)
  const { body } = await api.post(`${tasks}?wait=RUNNING`, { taskDefinition: 'web', count: 10, assignPublicIp: true })
  const shown = await Promise.all(body.items.map(({ id }: { id: string }) => untilPublic(`${tasks}/${id}`)))
  assert.equal(new Set(shown.map(({ publicAddress }) => publicAddress)).size, 10)
  const before = ec2Calls(account).length
  assert.ok(before <= 10, `${before} calls`)
  for (let i = 0; i < 3; i++) assert.equal((await api.get(`${tasks}?status=ALL&limit=${10 + i}`)).body.items.length, 10)
  assert.equal(ec2Calls(account).length, before)
})

test('a page of a list looks up the addresses of its own tasks only', async () => {
  const asked: string[] = []
  const endpoint = await awsWithoutEc2((response, body) => {
    asked.push(...(body.match(/eni-[0-9a-f]+/g) ?? []))
    response.writeHead(403).end(unauthorized)
  })
  const { api, close } = await startTestProgram({ accounts: [remote.account('lists', { endpoint })] })
  const tasks = await createCluster(program, 'remote')
  // The gateway caches the addresses of all tasks that it runs.
  const cluster = tasks.split('/')[3]
  const awsvpcConfiguration = { subnets: ['subnet-0a1b2c3d'] }
  const run = { cluster, taskDefinition: 'web', count: 10, networkConfiguration: { awsvpcConfiguration } }
  const { tasks: started = [] } = await remote.ecs.runTask({ ...run, launchType: 'FARGATE' })
  const arns = started.map(({ taskArn = '' }) => taskArn)
  await until(async () => {
    const { tasks: seen = [] } = await remote.ecs.describeTasks({ cluster, tasks: arns })
    return seen.every(({ lastStatus }) => lastStatus === 'RUNNING')
  })
  assert.equal((await api.get(`${tasks.replace('remote', 'lists')}?limit=3`)).body.items.length, 3)
  assert.equal(new Set(asked).size, 3)
  await close()
})

test('without permission or response from EC2, tasks show no public address and requests succeed', async () => {
  for (const account of ['denying', 'silent']) {
    const tasks = await createCluster(program, account)
    const run = await api.post(`${tasks}?wait=RUNNING`, { taskDefinition: 'web', count: 2, assignPublicIp: true })
    assert.deepEqual([run.status, run.body.outcome], [201, 'reached'], run.text)
    assert.ok(run.body.items.every((task: object) => !('publicAddress' in task)))
    while (ec2Calls(account).length === 0) await api.get(tasks)
    const callCount = ec2Calls(account).length
    const more = await api.post(`${tasks}?wait=RUNNING`, { taskDefinition: 'web' })
    assert.deepEqual([more.status, more.body.outcome], [201, 'reached'], more.text)
    assert.equal(ec2Calls(account).length, callCount, 'EC2 is not called again for some time')
  }
})

/** Reads the task until it has its public address: a response does not wait long for EC2. */
function untilPublic(task: string) {
  return until(
    async () => (await api.get(task)).body,
    ({ publicAddress }) => publicAddress !== undefined,
  )
}

/** Creates a cluster and a task definition. @returns the path of the cluster's tasks */
async function createCluster({ api }: TestProgram, account: string): Promise<string> {
  const name = `c${Math.random().toString(36).slice(2)}`
  await api.post(`/${account}/clusters`, { name })
  await api.post(`/${account}/taskdefs`, { family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx' }] })
  return `/${account}/clusters/${name}/tasks`
}

const unauthorized =
  '<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>You are not authorized to perform this operation.</Message></Error></Errors><RequestID>x</RequestID></Response>'

/** Starts a proxy to the engine on which requests to EC2 get this response. */
async function awsWithoutEc2(answer: (response: ServerResponse, body: string) => void): Promise<string> {
  const { endpoint = '' } = remote.account('any')
  const server = createServer((incoming, response) => {
    if (incoming.headers.authorization?.includes('/ec2/aws4_request'))
      return void text(incoming).then((body) => answer(response, body))
    const outgoing = request(
      endpoint,
      { method: incoming.method, headers: incoming.headers, path: incoming.url },
      (engineResponse) => {
        response.writeHead(engineResponse.statusCode ?? 500, engineResponse.headers)
        engineResponse.pipe(response)
      },
    )
    outgoing.on('error', () => response.destroy())
    incoming.pipe(outgoing)
  })
  after(() => {
    server.closeAllConnections()
    server.close()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
