// The start on a terminal prints an address that signs a browser in, once; into a pipe it prints no secret.
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { delimiter, join } from 'node:path'
import { test } from 'node:test'
import { createTestBrowser } from '../../packages/gateway/src/testing/browser.ts'
import { environmentWithHome, newFolder, runCli } from '../cli/cli-process.ts'
import { startOnTerminal } from '../cli/pseudo-terminal.ts'

const env = {
  ECS_API_LISTEN: '127.0.0.1:0',
  ECS_API_ACCOUNTS_LOCAL_MODE: 'local',
  ECS_API_ACCOUNTS_LOCAL_RUNTIME: 'simulated',
}

test('a start on a terminal prints an address whose code signs in as the first admin, once', async (t) => {
  const folder = newFolder()
  const run = startOnTerminal(['serve'], { home: folder, env, columns: 200 })
  t.after(() => run.child.stdin?.end())
  await run.waitFor(/console: \S+\r?\n/)
  const address = new URL(/console: (\S+)/.exec(run.output())![1]!)
  const token = readFileSync(join(folder, 'data', 'token'), 'utf8').trim()
  assert.match(run.output(), /^token: in \S*data\/token\r?$/m)
  assert.ok(!run.output().includes(token), 'a terminal keeps what it has shown')
  assert.match(address.hash, /^#code=[\w-]{43}$/)
  const oneTimeCode = address.hash.replace('#code=', '')
  const browser = createTestBrowser(address.origin)
  assert.equal(await browser.signIn({ oneTimeCode }), 201)
  assert.equal((await browser.fetch('GET', '/v1/ecs/me')).body.name, 'admin')
  assert.equal(await createTestBrowser(address.origin).signIn({ oneTimeCode }), 401)
  run.type('\x03')
  assert.equal(await run.ended, 0)
})

test('a start on a terminal names the command that another shell finds', async (t) => {
  const installedFolder = join(newFolder(), 'bin')
  mkdirSync(installedFolder)
  writeFileSync(join(installedFolder, 'ecs-api'), '#!/bin/sh\n', { mode: 0o755 })
  const npmBinFolder = join(import.meta.dirname, '..', '..', 'node_modules', '.bin')
  assert.ok(existsSync(join(npmBinFolder, 'ecs-api')))
  for (const [folders, command] of [
    [npmBinFolder, 'npx ecs-api open'],
    [[npmBinFolder, installedFolder].join(delimiter), 'ecs-api open'],
  ] as const) {
    // python3, which opens the terminal, is in one of the last two folders.
    const path = [folders, '/usr/bin', '/bin'].join(delimiter)
    const run = startOnTerminal(['serve'], { home: newFolder(), env: { ...env, PATH: path }, columns: 200 })
    t.after(() => run.child.stdin?.end())
    await run.waitFor(/another shell/)
    assert.ok(run.output().includes(`\`${command}\``), run.output())
    run.type('\x03')
    assert.equal(await run.ended, 0)
  }
})

test('a start into a pipe prints neither the token nor a code', async () => {
  const home = newFolder()
  const { stdout, code } = await runCli(['serve'], {
    env: environmentWithHome(home, env),
    folder: home,
    signalAfter: /token: in /,
  })
  assert.equal(code, 0)
  assert.doesNotMatch(stdout, /code=|console:/)
  assert.match(stdout, /^token: in \S+token$/m)
})

test('a start prints the address without a code when the token has as many codes as it can have', async (t) => {
  const home = newFolder()
  const first = startOnTerminal(['serve'], { home, env, columns: 200 })
  t.after(() => first.child.stdin?.end())
  await first.waitFor(/console: \S+\r?\n/)
  const { origin } = new URL(/console: (\S+)/.exec(first.output())![1]!)
  const token = readFileSync(join(home, 'data', 'token'), 'utf8').trim()
  const createCode = () =>
    fetch(`${origin}/session/codes`, { method: 'POST', headers: { authorization: `Bearer ${token}` } })
  while ((await createCode()).status === 201);
  first.type('\x03')
  assert.equal(await first.ended, 0)
  const second = startOnTerminal(['serve'], { home, env, columns: 200 })
  t.after(() => second.child.stdin?.end())
  await second.waitFor(/console: http:\S+:\d+\/\r?\n/)
  second.type('\x03')
  assert.equal(await second.ended, 0)
})

test('on a terminal, changes and rejections print a line; reads and plans do not: the address stays visible', async (t) => {
  const home = newFolder()
  const run = startOnTerminal(['serve'], { home, env, columns: 200 })
  t.after(() => run.child.stdin?.end())
  await run.waitFor(/console: \S+\r?\n/)
  const { origin } = new URL(/console: (\S+)/.exec(run.output())![1]!)
  for (let i = 0; i < 20; i++) assert.equal((await fetch(`${origin}/docs/guides`)).status, 200)
  const token = readFileSync(join(home, 'data', 'token'), 'utf8').trim()
  const create = (query: string, name: string) =>
    fetch(`${origin}/v1/ecs/local/clusters${query}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name }),
    })
  assert.equal((await create('?dryRun=true', 'planned')).status, 200)
  assert.equal((await create('?dryRun=true', 'not a name')).status, 400)
  assert.equal((await create('', 'made')).status, 201)
  await run.waitFor(/\d\d:\d\d:\d\d {2}admin {2}POST \/v1\/ecs\/local\/clusters {2}201\r?\n/)
  assert.equal((await fetch(`${origin}/v1/ecs/accounts`)).status, 401)
  await run.waitFor(/\d\d:\d\d:\d\d {2}no token {2}GET \/v1\/ecs\/accounts {2}401 \w+\r?\n/)
  assert.equal((await create('', 'made twice/')).status, 400)
  await run.waitFor(/admin {2}POST \/v1\/ecs\/local\/clusters {2}400 InvalidBody\r?\n/)
  const lines = run.output().split(/\r?\n/)
  assert.equal(
    lines.filter((line) => line.includes('POST /v1/ecs/local/clusters')).length,
    2,
    'one line for each change or rejection',
  )
  assert.doesNotMatch(run.output(), / {2}200\b|[{}]/)
  // A path with control characters is not printed.
  const socket = connect(Number(new URL(origin).port), '127.0.0.1')
  socket.end(Buffer.from('DELETE /v1/ecs/local/clusters/a\u009b31mb HTTP/1.1\r\nhost: localhost\r\n\r\n', 'latin1'))
  await run.waitFor(/no token {2}\(an unknown path\) {2}400 MalformedRequest\r?\n/)
  run.type('\x03')
  assert.equal(await run.ended, 0)
})
