// Repeated and parallel requests, and commands whose task, token or endpoint fails while they run.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startScriptedSessions } from '../testing/scripted-sessions.ts'
import { connectTerminal } from '../testing/terminal-client.ts'

const { program, url, path, agents, standIn } = await startScriptedSessions()
const { api, newToken } = program
const command = { command: ['env'], interactive: false }
const keyed = (key: string) => ({ headers: { 'idempotency-key': key } })

test('when the task stops, the command’s output is in the response, but not in its replay', async (t) => {
  const running = standIn.responses.get('DescribeTasks')!
  t.after(() => standIn.responses.set('DescribeTasks', running))
  const first = api.post(path, command, keyed('stopped'))
  const channel = await agents.connection()
  channel.output(0, 'PASSWORD=s3cret\r\n')
  await channel.next()
  const described = running({ tasks: [path.split('/').at(-2)] }) as { body: { tasks: object[] } }
  const stopped = { ...described.body.tasks[0], lastStatus: 'STOPPED' }
  standIn.responses.set('DescribeTasks', () => ({ body: { tasks: [stopped], failures: [] } }))
  channel.send('pause_publication')
  const { status, body, text } = await first
  assert.deepEqual([status, body.code], [409, 'TaskNotRunning'], text)
  assert.match(body.output, /PASSWORD=s3cret/)
  const repeated = await api.post(path, command, keyed('stopped'))
  assert.deepEqual([repeated.status, repeated.body.code], [409, 'OutcomeUnknown'], repeated.text)
  assert.doesNotMatch(repeated.text, /s3cret/)
})

test('of two terminals that are requested at once under one Idempotency-Key, one can be connected', async () => {
  const answers = await Promise.all([1, 2].map(() => api.post(path, { command: 'sh' }, keyed('parallel'))))
  for (const { status, body, text } of answers)
    assert.ok(status === 201 || (status === 409 && body.code === 'OutcomeUnknown'), text)
  const opened = answers.filter(({ status }) => status === 201).map(({ body }) => connectTerminal(url, body.url))
  const channel = await agents.connection()
  channel.output(0, '# ')
  channel.send('channel_closed', { payload: Buffer.from('{"Output":""}') })
  const ends = await Promise.allSettled(opened.map(({ exit }) => exit))
  assert.equal(ends.filter(({ status }) => status === 'fulfilled').length, 1)
  for (const end of ends) if (end.status === 'rejected') assert.match(String(end.reason), /404 .*ExecSessionNotFound/)
})

test('where the endpoint returns no WebSocket URL, the terminal and the command end', async (t) => {
  const usual = standIn.responses.get('ExecuteCommand')!
  t.after(() => standIn.responses.set('ExecuteCommand', usual))
  const session = { sessionId: 'ecs-execute-command-2', streamUrl: 'no url', tokenValue: 'token' }
  standIn.responses.set('ExecuteCommand', () => ({ body: { session } }))
  const opened = await api.post(path, { command: 'sh' })
  assert.equal(opened.status, 201, opened.text)
  const terminal = connectTerminal(url, opened.body.url)
  assert.equal((await terminal.exit).reason, 'ConnectionLost')
  const ran = await api.post(path, command)
  assert.deepEqual([ran.status, ran.body.code], [502, 'AwsError'], ran.text)
})

test('a command ends when its token is revoked', async () => {
  const token = await newToken({ name: 'ci', role: 'admin' })
  const running = api.post(path, command, { headers: { authorization: `Bearer ${token}` } })
  const channel = await agents.connection()
  channel.output(0, 'begun')
  await channel.next()
  assert.equal((await api.delete('/tokens/ci')).status, 200)
  const { status, body, text } = await running
  assert.deepEqual([status, body.code], [401, 'Unauthorized'], text)
})

test('?timeout is rejected for a terminal', async () => {
  const { status, body, text } = await api.post(`${path}?timeout=5`, { command: 'sh' })
  assert.deepEqual([status, body.code, body.errors[0].name], [400, 'InvalidQuery', 'timeout'], text)
})

test('a terminal gets no warning when its agent is back before the check of its task has ended', async (t) => {
  const running = standIn.responses.get('DescribeTasks')!
  const { body } = await api.post(path, { command: 'sh' })
  const terminal = connectTerminal(url, body.url)
  const channel = await agents.connection()
  channel.output(0, '# ')
  await terminal.waitUntilShown(/# /)
  const [asked, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  t.after(() => standIn.responses.set('DescribeTasks', running))
  standIn.responses.set('DescribeTasks', async (input) => {
    asked.resolve()
    await answer.promise
    return running(input)
  })
  channel.send('pause_publication')
  await asked.promise
  channel.send('start_publication')
  channel.output(1, 'back')
  await terminal.waitUntilShown(/back/)
  answer.resolve()
  // When this second description of the task has ended, the delayed one of the check has ended, too.
  await api.get(path.replace(/\/exec$/, ''), { headers: { 'cache-control': 'no-cache' } })
  channel.output(2, 'later')
  await terminal.waitUntilShown(/later/)
  assert.deepEqual(terminal.warnings, [])
  channel.send('channel_closed', { payload: Buffer.from('{"Output":""}') })
  assert.equal((await terminal.exit).reason, 'CommandEnded')
})
