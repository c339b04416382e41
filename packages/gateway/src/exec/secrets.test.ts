// A terminal with known secrets; afterwards the logs, the audit log and the data folder are searched for them.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { globSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { newFolder } from '../testing/process.ts'
import { startScriptedSessions } from '../testing/scripted-sessions.ts'
import { connectTerminal } from '../testing/terminal-client.ts'

const secret = (label: string) => `${label}-${randomBytes(12).toString('hex')}`

test('no secret of a session is in the logs, the audit log or the data folder', async (t) => {
  const { folder, remove } = await newFolder()
  t.after(remove)
  const secrets = {
    token: secret('AAEAtoken'),
    typed: secret('typed'),
    printed: secret('printed'),
    command: secret('command'),
    marked: secret('marked'),
    key: secret('key'),
    url: '',
  }
  const { program, url, path, agents } = await startScriptedSessions({ tokenValue: secrets.token, data: folder })
  const headers = { 'idempotency-key': secrets.key }
  const opened = await program.api.post(path, { command: ['sh', '-c', secrets.command] }, { headers })
  assert.equal(opened.status, 201, opened.text)
  secrets.url = opened.body.url.split('/').at(-1)
  const terminal = connectTerminal(url, opened.body.url)
  const channel = await agents.connection()
  assert.equal(channel.token.TokenValue, secrets.token)
  channel.output(0, secrets.printed)
  await terminal.waitUntilShown(new RegExp(secrets.printed))
  terminal.type(secrets.typed)
  for (let sent = ''; !sent.includes(secrets.typed); ) sent = (await channel.next()).text
  channel.socket.terminate()
  // The engine's Systems Manager cannot resume a session.
  assert.equal((await terminal.exit).reason, 'ConnectionLost')
  // Used once: the second connection fails, and its log line must not have the URL either.
  await assert.rejects(connectTerminal(url, opened.body.url).exit, /404/)

  const running = program.api.post(path, { command: [secrets.command], interactive: false })
  const command = await agents.connection()
  command.output(0, secrets.marked)
  command.socket.terminate()
  const lost = await running
  assert.deepEqual([lost.status, lost.body.code, lost.body.output], [502, 'AwsError', secrets.marked], lost.text)
  await program.close()

  const records = JSON.stringify([program.requestLines, program.auditEntries, program.notices, program.awsCalls])
  assert.ok(records.includes('/v1/ecs/exec/(hidden)') && records.includes(opened.body.id))
  const files = globSync(join(folder, '**')).filter((file) => statSync(file).isFile())
  const places: [string, Buffer][] = [
    ['the log, the audit log, the notices or the calls to AWS', Buffer.from(records)],
    ...files.map((file): [string, Buffer] => [file, readFileSync(file)]),
  ]
  assert.ok(
    places.some(([, bytes]) => bytes.includes(opened.body.id)),
    'the audit log is searched, too',
  )
  for (const [name, value] of Object.entries(secrets)) {
    assert.ok(value.length > 20, name)
    for (const encoded of [value, Buffer.from(value).toString('base64').slice(0, -3), encodeURIComponent(value)])
      for (const [place, bytes] of places) assert.ok(!bytes.includes(encoded), `${name} is in ${place}`)
  }
})
