// ECS Exec in real containers through the gateway: terminals over WebSocket, and single commands over HTTP.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as moment } from 'node:timers/promises'
import { createTestBrowser } from '../../packages/gateway/src/testing/browser.ts'
import { startTestProgram, type TestProgram } from '../../packages/gateway/src/testing/program.ts'
import { connectTerminal } from '../../packages/gateway/src/testing/terminal-client.ts'
import { until } from '../../packages/gateway/src/testing/until.ts'
import {
  ensureTestImage,
  getContainerRuntime,
  noContainers,
  testImage,
} from '../../packages/local-aws/src/testing/containers.ts'

const skip = noContainers
let program: TestProgram
let url = ''
let account = ''
let task = ''
/** An account that allows each token at most two sessions of ECS Exec at a time, and records all sessions. */
let limited = ''
const recordings = mkdtempSync(join(tmpdir(), 'ecs-api-recordings-'))
after(() => rmSync(recordings, { recursive: true }))

if (!skip) {
  await ensureTestImage()
  program = await startTestProgram({ engine: { runtime: getContainerRuntime().address } })
  ;({ url } = await program.listen())
}

before(async () => {
  if (skip) return
  const { newAccount } = program
  account = await newAccount()
  limited = await newAccount({ exec: { sessionsPerToken: 2, recordings } })
  for (const each of [account, limited]) await prepare(each)
  task = await runTask()
})

async function prepare(account: string): Promise<void> {
  const { api } = program
  await api.post(`/${account}/clusters`, { name: 'prod' })
  const script = 'trap exit TERM; sleep 100000 & wait'
  const containerDefinitions = [{ name: 'web', image: testImage, command: ['sh', '-c', script], stopTimeout: 2 }]
  const taskRoleArn = 'arn:aws:iam::111122223333:role/app'
  const registered = await api.post(`/${account}/taskdefs`, { family: 'web', taskRoleArn, containerDefinitions })
  assert.equal(registered.status, 201, registered.text)
}

async function runTask(of = account): Promise<string> {
  const ran = await program.api.post(`/${of}/clusters/prod/tasks?wait=RUNNING`, {
    taskDefinition: 'web',
    enableExecuteCommand: true,
  })
  assert.equal(ran.status, 201, ran.text)
  return ran.body.items[0].id
}

const path = () => `/${account}/clusters/prod/tasks/${task}/exec`

async function openTerminal(command: string | string[], more: object = {}) {
  const opened = await program.api.post(path(), { command, ...more })
  assert.equal(opened.status, 201, opened.text)
  return connectTerminal(url, opened.body.url)
}

test('a shell has a prompt, a size that can change, Ctrl-C, Unicode and an exit', { skip }, async () => {
  const terminal = await openTerminal('sh', { columns: 120, rows: 40 })
  await terminal.waitUntilShown(/# /)
  // Podman's monitor can lose a size, and the engine sets it again: the command waits for it.
  terminal.type('until busybox stty size | grep 120; do sleep 0.1; done; echo "grün €😀"\n')
  await terminal.waitUntilShown(/40 120\r\ngrün €😀\r\n/)
  terminal.resize(100, 30)
  terminal.type('until busybox stty size | grep 100; do sleep 0.1; done\n')
  await terminal.waitUntilShown(/30 100\r\n/)
  terminal.type('echo begins; sleep 10000; echo e"nd"s\n')
  await terminal.waitUntilShown(/begins\r\n/)
  terminal.type(Buffer.from([3]))
  terminal.type('echo interrupted $?\n')
  await terminal.waitUntilShown(/interrupted 130\r\n/)
  terminal.type('exit 7\n')
  // AWS does not report the exit code of a terminal's command, so the code is always null.
  assert.deepEqual(await terminal.exit, { code: null, reason: 'CommandEnded' })
})

test('10 MB of output arrive complete', { skip }, async () => {
  const terminal = await openTerminal(['sh', '-c', 'busybox stty -opost; head -c 10000000 /dev/zero | tr "\\0" x'])
  assert.equal((await terminal.exit).reason, 'CommandEnded')
  assert.equal(terminal.bytes().byteLength, 10_000_000)
  assert.match(terminal.shown(), /^x+$/)
})

test('every byte arrives unchanged in both directions of a raw terminal', { skip }, async () => {
  const bytes = Buffer.from(Array.from({ length: 1024 }, (_, i) => (i * 7 + (i >> 8)) & 0xff))
  assert.equal(new Set(bytes).size, 256)
  const terminal = await openTerminal(['sh', '-c', `busybox stty raw -echo; echo ready; head -c ${bytes.length}`])
  await terminal.waitUntilShown(/ready\n/)
  terminal.type(bytes)
  assert.equal((await terminal.exit).reason, 'CommandEnded')
  assert.deepEqual(terminal.bytes(), Buffer.concat([Buffer.from('ready\n'), bytes]))
})

test('10 MB of binary input arrive complete in a raw terminal', { skip }, async () => {
  const bytes = Buffer.alloc(10_000_000)
  for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 7 + (i >> 8)) & 0xff
  const terminal = await openTerminal([
    'sh',
    '-c',
    `busybox stty raw -echo; echo ready; head -c ${bytes.length} | sha256sum`,
  ])
  await terminal.waitUntilShown(/ready/)
  for (let at = 0; at < bytes.length; at += 65_536) terminal.type(bytes.subarray(at, at + 65_536))
  const sum = createHash('sha256').update(bytes).digest('hex')
  await terminal.waitUntilShown(new RegExp(sum))
  assert.equal((await terminal.exit).reason, 'CommandEnded')
})

test('a command that prints nothing before its first input gets the size and the input', { skip }, async () => {
  const script = 'read line; until busybox stty size | grep 77; do sleep 0.1; done; echo "got $line"'
  const terminal = await openTerminal(['sh', '-c', script], { columns: 77 })
  terminal.type('hello\n')
  await terminal.waitUntilShown(/^hello\r\n24 77\r\ngot hello\r\n/)
  assert.equal((await terminal.exit).reason, 'CommandEnded')
})

test('a command that does not exist ends the session with AWS’s words', { skip }, async () => {
  const terminal = await openTerminal('/bin/bash')
  assert.equal((await terminal.exit).reason, 'CommandNotStarted')
  assert.match(terminal.warnings.join(), /Unable to start command: .*\/bin\/bash: no such file/)
})

test('a URL opens one terminal, only for the origin that requested it, and the terminal ends when its client leaves', {
  skip,
}, async () => {
  const { api } = program
  const headers = { origin: 'https://portal.example.org' }
  const opened = await api.post(path(), { command: 'sh' }, { headers })
  const { id, url: secret } = opened.body
  assert.match(secret, /^\/v1\/ecs\/exec\/[\w-]{43}$/)
  await assert.rejects(connectTerminal(url, secret, { ...headers, protocol: 'other' }).exit, /400 .*InvalidHeader/)
  const terminal = connectTerminal(url, secret, headers)
  await terminal.waitUntilShown(/# /)
  await assert.rejects(connectTerminal(url, secret, headers).exit, /404 .*ExecSessionNotFound/)
  terminal.socket.close()
  await terminal.closed
  const entry = await auditEntry(id)
  assert.equal(entry.input.outcome.reason, 'ClientGone')
  assert.ok(entry.input.outcome.bytesOut > 0)
  assert.ok(!JSON.stringify(program.auditEntries).includes(secret.slice(-43)))
  for (const connection of [{}, { origin: 'https://evil.example.org' }]) {
    const other = (await api.post(path(), { command: 'sh' }, { headers })).body.url
    await assert.rejects(connectTerminal(url, other, connection).exit, /403 .*OriginNotAllowed/)
    await assert.rejects(connectTerminal(url, other, headers).exit, /404/)
  }
  const without = (await api.post(path(), { command: 'sh' })).body.url
  await assert.rejects(connectTerminal(url, without, headers).exit, /403 .*OriginNotAllowed/)
})

/** The audit entry of a session that has ended. The outcome of the session is stored in its `input`. */
function auditEntry(session: string) {
  return until(
    // biome-ignore lint/suspicious/noExplicitAny: a test asserts the entry, field by field
    () => program.auditEntries.find((each) => JSON.stringify(each).includes(`"session":"${session}"`)) as any,
    (entry) => entry !== undefined,
  )
}

test('a revoked token ends its terminal within a second', { skip }, async () => {
  const { api, newToken } = program
  const token = await newToken({ name: 'brief', role: 'viewer', permissions: ['exec'], accounts: [account] })
  const opened = await api.post(path(), { command: 'sh' }, { headers: { authorization: `Bearer ${token}` } })
  const terminal = connectTerminal(url, opened.body.url)
  await terminal.waitUntilShown(/# /)
  const waiting = await api.post(path(), { command: 'sh' }, { headers: { authorization: `Bearer ${token}` } })
  const at = performance.now()
  await api.delete('/tokens/brief')
  assert.deepEqual(await terminal.exit, { code: null, reason: 'TokenInvalid' })
  assert.ok(performance.now() - at < 1000)
  await assert.rejects(connectTerminal(url, waiting.body.url).exit, /401/)
})

test('signing out of the console ends the terminals of that browser within a second', { skip }, async () => {
  const browser = createTestBrowser(url)
  assert.equal(await browser.signIn({ token: program.token }), 201)
  const { body } = await browser.fetch('POST', `/v1/ecs${path()}`, { body: { command: 'sh' } })
  const terminal = connectTerminal(url, body.url, { origin: url })
  await terminal.waitUntilShown(/# /)
  const at = performance.now()
  await browser.fetch('DELETE', '/session')
  assert.deepEqual(await terminal.exit, { code: null, reason: 'TokenInvalid' })
  assert.ok(performance.now() - at < 1000)
})

test('the same Idempotency-Key makes a new terminal and ends the first', { skip }, async () => {
  const headers = { 'idempotency-key': 'one-terminal' }
  const first = await program.api.post(path(), { command: 'sh' }, { headers })
  const terminal = connectTerminal(url, first.body.url)
  await terminal.waitUntilShown(/# /)
  const second = await program.api.post(path(), { command: 'sh' }, { headers })
  assert.notEqual(second.body.id, first.body.id)
  assert.equal((await terminal.exit).reason, 'Replaced')
  const third = await program.api.post(path(), { command: 'sh' }, { headers })
  await assert.rejects(connectTerminal(url, second.body.url).exit, /404/)
  const last = connectTerminal(url, third.body.url)
  await last.waitUntilShown(/# /)
  last.type('exit\n')
  await last.exit
})

test('a command without a terminal: its output and exit code are the response', { skip }, async () => {
  const run = (command: string | string[], query = '') =>
    program.api.post(`${path()}${query}`, { interactive: false, command })
  const ran = await run(['sh', '-c', 'echo out; echo err >&2; echo "$1"', 'sh', 'it’s $HOME "quoted"'])
  assert.deepEqual(
    [ran.status, ran.body],
    [200, { output: 'out\r\nerr\r\nit’s $HOME "quoted"\r\n', exitCode: 0, truncated: false }],
    ran.text,
  )
  assert.equal((await run('sh -c "exit 3"')).body.exitCode, 3)
  assert.equal((await run(['exit', '4'])).body.exitCode, 4)
  assert.equal((await run(['sh', '-c', 'kill -9 $$'])).body.exitCode, 137)
  assert.deepEqual((await run(['cat'])).body, { output: '', exitCode: 0, truncated: false })
  const large = await run(['sh', '-c', 'head -c 3000000 /dev/zero | tr "\\0" y; exit 5'])
  assert.deepEqual([large.body.output.length, large.body.exitCode, large.body.truncated], [1_048_576, 5, true])
  const slow = await run(['sh', '-c', 'echo begun; sleep 4321'], '?timeout=2')
  assert.deepEqual([slow.status, slow.body.code, slow.body.output], [504, 'ExecTimeout', 'begun\r\n'])
  const processes = await run(['sh', '-c', 'busybox ps'])
  assert.equal(processes.body.exitCode, 0)
  assert.ok(!processes.body.output.includes('sleep 4321'), 'the command was ended at its timeout')
})

test('a command runs once under an Idempotency-Key', { skip }, async () => {
  const headers = { 'idempotency-key': 'one-command' }
  const body = { interactive: false, command: ['sh', '-c', 'echo ran >> /runs; cat /runs; sleep 1'] }
  const [first, during] = await Promise.all([
    program.api.post(path(), body, { headers }),
    moment(300).then(() => program.api.post(path(), body, { headers })),
  ])
  assert.deepEqual([first.status, first.body.output], [200, 'ran\r\n'], first.text)
  assert.deepEqual([during.status, during.body.code], [409, 'RequestInProgress'])
  const after = await program.api.post(path(), body, { headers })
  assert.deepEqual([after.status, after.body.code], [409, 'OutcomeUnknown'])
  const runs = await program.api.post(path(), { interactive: false, command: ['cat', '/runs'] })
  assert.equal(runs.body.output, 'ran\r\n', 'the rejected requests did not run the command')
})

test('a task that stops ends its terminal', { skip }, async () => {
  const other = await runTask()
  const opened = await program.api.post(path().replace(task, other), { command: 'sh' })
  const terminal = connectTerminal(url, opened.body.url)
  await terminal.waitUntilShown(/# /)
  await program.api.delete(`/${account}/clusters/prod/tasks/${other}`)
  assert.equal((await terminal.exit).reason, 'TaskStopped')
  assert.match(terminal.warnings.join(), /The task has stopped: /)
  const late = await program.api.post(path().replace(task, other), { command: 'sh' })
  assert.deepEqual([late.status, late.body.code], [409, 'TaskNotRunning'])
})

test('terminals and commands together count against the sessions that a token may have', { skip }, async () => {
  const headers = {
    authorization: `Bearer ${await program.newToken({ name: 'two', role: 'admin', accounts: [limited] })}`,
  }
  const other = await runTask(limited)
  const at = `/${limited}/clusters/prod/tasks/${other}/exec`
  const post = (body: object) => program.api.post(at, body, { headers })
  const opened = [await post({ command: 'sh' }), await post({ command: 'sh' })]
  for (const body of [{ command: 'sh' }, { command: 'env', interactive: false }]) {
    const refused = await post(body)
    assert.deepEqual([refused.status, refused.body.code], [429, 'TokenLimitExceeded'], refused.text)
  }
  assert.equal((await program.api.post(at, { command: 'env', interactive: false })).status, 200)
  const [first, second] = opened.map(({ body }) => connectTerminal(url, body.url))
  await second!.waitUntilShown(/# /)
  second!.type('exit\n')
  assert.equal((await second!.exit).reason, 'CommandEnded')
  await auditEntry(opened[1]!.body.id)
  const third = await post({ command: 'sh' })
  assert.equal(third.status, 201, third.text)
  await first!.waitUntilShown(/# /)
  first!.socket.close()
  await first!.closed
})

test('a recording has the header, the output and the sizes of asciicast v2, and no input', { skip }, async () => {
  const other = await runTask(limited)
  const opened = await program.api.post(`/${limited}/clusters/prod/tasks/${other}/exec`, { command: 'sh', columns: 90 })
  const terminal = connectTerminal(url, opened.body.url)
  await terminal.waitUntilShown(/# /)
  terminal.type('busybox stty -echo; echo h"e"re\n')
  await terminal.waitUntilShown(/here\r\n/)
  terminal.type('read secret; echo €; exit\n')
  terminal.resize(91, 25)
  terminal.type('hunter2\n')
  await terminal.exit
  await auditEntry(opened.body.id)
  const file = join(recordings, `${opened.body.id}.cast`)
  assert.equal(statSync(file).mode & 0o777, 0o600)
  const [header, ...events] = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.deepEqual([header.version, header.width, header.height], [2, 90, 24])
  const output = events.filter(([, kind]) => kind === 'o').map(([, , text]) => text)
  assert.equal(output.join(''), terminal.shown())
  assert.deepEqual(
    events.filter(([, kind]) => kind === 'r').map(([, , text]) => text),
    ['91x25'],
  )
  const times = events.map(([at]) => at)
  assert.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
  )
  assert.ok(!JSON.stringify(events).includes('hunter2'))
})
