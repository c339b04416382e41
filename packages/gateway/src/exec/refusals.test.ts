// The requests for which the gateway opens no session of ECS Exec, and the response to each.
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { requestGroups } from '@ecs-api/ecs-model'
import { startAwsStandIn } from '../testing/aws-stand-in.ts'
import { startEngineOverTcp } from '../testing/engine-over-tcp.ts'
import { startTestProgram } from '../testing/program.ts'

const aws = await startEngineOverTcp()
const standIn = await startAwsStandIn(aws.account('remote').endpoint ?? '')
// The budget refills at once after a throttle.
const requestBudget = Object.fromEntries(
  Object.keys(requestGroups).map((group) => [group, { burst: 100, refill: 100 }]),
)
const { api, awsCalls, newToken } = await startTestProgram({
  accounts: [aws.account('remote', { endpoint: standIn.endpoint, budget: requestBudget })],
})

const arn = (resource: string) => `arn:aws:ecs:us-east-1:111122223333:${resource}`
const id = '0123456789abcdef0123456789abcdef'
const agent = { name: 'ExecuteCommandAgent', lastStatus: 'RUNNING', lastStartedAt: 1_790_000_000 }
const web = { name: 'web', lastStatus: 'RUNNING', runtimeId: `${id}-1`, managedAgents: [agent] }
const task = {
  taskArn: arn(`task/prod/${id}`),
  clusterArn: arn('cluster/prod'),
  taskDefinitionArn: arn('task-definition/web:1'),
  lastStatus: 'RUNNING',
  desiredStatus: 'RUNNING',
  enableExecuteCommand: true,
  containers: [web],
}

before(async () => {
  await api.post('/remote/clusters', { name: 'prod' })
  const containerDefinitions = [{ name: 'web', image: 'nginx' }]
  const registered = await api.post('/remote/taskdefs', { family: 'web', containerDefinitions })
  assert.equal(registered.status, 201, registered.text)
})

/** ECS describes the task with these members, and answers ExecuteCommand with this error. */
function setStandInAnswer(members: object, error?: { __type: string; message: string }): void {
  standIn.responses.set('DescribeTasks', () => ({ body: { tasks: [{ ...task, ...members }], failures: [] } }))
  standIn.responses.set('ExecuteCommand', () => (error ? { status: 400, body: error } : undefined))
}

const path = `/remote/clusters/prod/tasks/${id}/exec`

/**
 * Requests a terminal and a command without a terminal, and asserts that both are rejected in the same way.
 * @returns the status and the body of the rejection
 */
async function requestRefusal({ body = {}, token }: { body?: object; token?: string } = {}) {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const [terminal, command] = [
    await api.post(path, { command: 'sh', ...body }, { headers }),
    await api.post(path, { command: 'sh', interactive: false, ...body }, { headers }),
  ]
  const { requestId: _, ...problemOfTerminal } = terminal.body
  const { requestId: __, ...problemOfCommand } = command.body
  assert.deepEqual([terminal.status, problemOfTerminal], [command.status, problemOfCommand])
  return { status: terminal.status, ...problemOfTerminal }
}

test('a task that does not run, lacks ECS Exec or has no running agent gets a 409 that says so', async () => {
  setStandInAnswer({ lastStatus: 'STOPPED', stoppedReason: 'Essential container in task exited' })
  const stopped = await requestRefusal()
  assert.deepEqual(
    [stopped.status, stopped.code, stopped.lastStatus, stopped.stoppedReason],
    [409, 'TaskNotRunning', 'STOPPED', 'Essential container in task exited'],
  )
  setStandInAnswer({ enableExecuteCommand: false })
  const disabled = await requestRefusal()
  assert.deepEqual([disabled.status, disabled.code], [409, 'ExecNotEnabled'])
  assert.match(disabled.detail, /Set enableExecuteCommand on its service/)
  setStandInAnswer({ containers: [{ ...web, managedAgents: [{ ...agent, lastStatus: 'PENDING' }] }] })
  const pending = await requestRefusal()
  assert.deepEqual([pending.status, pending.code, pending.agent.lastStatus], [409, 'ExecAgentNotRunning', 'PENDING'])
  assert.match(pending.detail, /Retry in some seconds/)
  const reason = 'The agent could not be started.'
  setStandInAnswer({ containers: [{ ...web, managedAgents: [{ ...agent, lastStatus: 'STOPPED', reason }] }] })
  const ended = await requestRefusal()
  assert.deepEqual(
    [ended.status, ended.code, ended.agent],
    [409, 'ExecAgentNotRunning', { lastStatus: 'STOPPED', reason }],
  )
  setStandInAnswer({ containers: [{ name: 'web', lastStatus: 'RUNNING' }] })
  assert.match((await requestRefusal()).detail, /does not exist/)
})

test('a 400 says that a container is missing, or is not named where there are several', async () => {
  setStandInAnswer({})
  const unknown = await requestRefusal({ body: { container: 'db' } })
  assert.deepEqual(
    [unknown.status, unknown.code, unknown.errors[0].pointer, unknown.errors[0].message],
    [400, 'InvalidBody', '/container', 'the task has no such container, but web'],
  )
  setStandInAnswer({ containers: [web, { ...web, name: 'proxy' }] })
  const unnamed = await requestRefusal()
  assert.deepEqual([unnamed.status, unnamed.errors[0].message], [400, 'missing; the task has web, proxy'])
})

test('the error of an agent out of reach lists the possible causes, or names a missing task role', async () => {
  const message = 'The execute command failed due to an internal error. Try again later.'
  setStandInAnswer(
    { overrides: { taskRoleArn: 'arn:aws:iam::111122223333:role/app' } },
    {
      __type: 'TargetNotConnectedException',
      message,
    },
  )
  const away = await requestRefusal()
  assert.deepEqual([away.status, away.code, away.causes.length], [409, 'ExecTargetNotConnected', 4])
  const checked = away.causes.map((each: { checked: string }) => each.checked).join()
  assert.match(checked, /task role is arn:aws:iam::111122223333:role\/app.*readonlyRootFilesystem is false.*since 2026/)
  setStandInAnswer({}, { __type: 'TargetNotConnectedException', message })
  const roleless = await requestRefusal()
  assert.deepEqual([roleless.status, roleless.code], [409, 'ExecNoTaskRole'])
})

test('a request that ECS rejects gets ECS’s words or the denied action, and leaves no session', async () => {
  const message = 'Unable to start new execute sessions because the maximum session limit of 20 has been reached.'
  setStandInAnswer({}, { __type: 'ClientException', message })
  const limited = await requestRefusal()
  assert.deepEqual([limited.status, limited.code, limited.detail], [400, 'ClientException', message])
  setStandInAnswer(
    {},
    {
      __type: 'AccessDeniedException',
      message: 'User: x is not authorized to perform: ecs:ExecuteCommand on resource: y',
    },
  )
  const denied = await requestRefusal()
  assert.deepEqual([denied.status, denied.code, denied.action], [502, 'AwsAccessDenied', 'ecs:ExecuteCommand'])
  // No session is left behind that would count against the token.
  setStandInAnswer({}, { __type: 'ClientException', message })
  for (let i = 0; i < 25; i++) assert.equal((await requestRefusal()).code, 'ClientException')
})

test('a failure of AWS while a session is opened becomes a problem, and no session is left', async () => {
  const executeCommandConfiguration = { kmsKeyId: 'alias/sessions', logging: 'DEFAULT' }
  const cluster = { ...task, clusterName: 'prod', status: 'ACTIVE', configuration: { executeCommandConfiguration } }
  const throttled = { status: 400, body: { __type: 'ThrottlingException', message: 'Rate exceeded' } }
  const failed = { status: 500, body: { __type: 'ServerException', message: 'Service Unavailable.' } }
  const expired = { status: 400, body: { __type: 'ExpiredTokenException', message: 'Expired.' } }
  const page = { contentType: 'text/html', status: 404, body: '<html></html>' }
  for (const action of ['DescribeClusters', 'GenerateDataKey', 'ExecuteCommand']) {
    for (const [response, status, code] of [
      [throttled, 429, 'TooManyRequests'],
      [failed, 502, 'AwsError'],
      [expired, 503, 'AwsCredentialsRefused'],
      [page, 501, 'NotOfferedByAws'],
    ] as const) {
      let calls = 0
      const callsBefore = awsCalls.length
      setStandInAnswer({})
      standIn.responses.set('DescribeClusters', () => ({ body: { clusters: [cluster], failures: [] } }))
      standIn.responses.set('GenerateDataKey', () => ({ status: 412, body: { __type: 'DryRunOperationException' } }))
      standIn.responses.set(action, () => {
        calls++
        return response
      })
      const answer = await api.post(path, { command: 'sh' })
      const where = `${action}: ${answer.text}`
      assert.deepEqual([answer.status, answer.body.code], [status, code], where)
      const changing = awsCalls
        .slice(callsBefore)
        .filter((call) => call.mayHaveChanged || call.writeRequestId !== undefined)
      if (action !== 'ExecuteCommand') assert.deepEqual(changing, [], where)
      // No second session is opened.
      if (action === 'ExecuteCommand' && response === failed) assert.equal(calls, 1, where)
    }
  }
  // AWS's message does not always name the action.
  standIn.responses.set('GenerateDataKey', () => ({ status: 400, body: { __type: 'AccessDeniedException' } }))
  const denied = await api.post(path, { command: 'sh' })
  assert.deepEqual([denied.body.code, denied.body.action], ['AwsAccessDenied', 'kms:GenerateDataKey'])
  standIn.responses.delete('DescribeClusters')
})

test('a token without the permission, or outside of its fence, gets a 403', async () => {
  setStandInAnswer({})
  const operator = await newToken({ name: 'op', role: 'operator' })
  const plain = await requestRefusal({ token: operator })
  assert.deepEqual([plain.status, plain.code], [403, 'PermissionMissing'])
  assert.match(plain.detail, /exec/)
  const fenced = { role: 'viewer' as const, permissions: ['exec' as const] }
  const elsewhere = await newToken({ name: 'elsewhere', ...fenced, clusters: ['test-*'] })
  assert.equal((await requestRefusal({ token: elsewhere })).status, 403)
  const otherFamily = await newToken({ name: 'other-family', ...fenced, taskDefinitions: ['api'] })
  const family = await requestRefusal({ token: otherFamily })
  assert.deepEqual([family.status, family.code], [403, 'OutsideFence'])
})

test('a command without a terminal in a Windows container gets a 501, and a body with faults a 400', async () => {
  setStandInAnswer({ platformFamily: 'Windows_Server_2022_Core' })
  const windows = await api.post(path, { command: ['cmd'], interactive: false })
  assert.deepEqual([windows.status, windows.body.code], [501, 'NotYetAvailable'])
  setStandInAnswer({})
  const wrong = await api.post(path, { command: [], columns: 0, rows: 'many', color: true })
  assert.equal(wrong.status, 400)
  const places = wrong.body.errors.map((each: { pointer?: string; name?: string }) => each.pointer ?? each.name)
  for (const place of ['/command', '/columns', '/rows', '/color'])
    assert.ok(
      places.some((found: string) => found.startsWith(place)),
      `${place} in ${places}`,
    )
  const late = await api.post(`${path}?timeout=901`, { command: 'sh', interactive: false })
  assert.deepEqual([late.status, late.body.errors[0].name], [400, 'timeout'], late.text)
  for (const [command, fault] of [
    [5, { in: 'body', pointer: '/command', message: 'must be text or a list' }],
    [['sh', 5], { in: 'body', pointer: '/command/1', message: 'must be string' }],
  ] as const)
    assert.deepEqual((await api.post(path, { command })).body.errors, [fault])
  const quote = await api.post(path, { command: 'sh -c "open' })
  assert.deepEqual([quote.status, quote.body.errors[0].pointer], [400, '/command'], quote.text)
})

test('a cluster or a task that does not exist gets a 404', async () => {
  standIn.responses.clear()
  const cluster = await api.post(`/remote/clusters/none/tasks/${id}/exec`, { command: 'sh' })
  assert.deepEqual([cluster.status, cluster.body.code], [404, 'ClusterNotFound'], cluster.text)
  const missing = await api.post(`/remote/clusters/prod/tasks/${id}/exec`, { command: 'sh' })
  assert.deepEqual([missing.status, missing.body.code], [404, 'TaskNotFound'], missing.text)
})
