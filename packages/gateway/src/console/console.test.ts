import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { brotliDecompressSync } from 'node:zlib'
import { startTestProgram } from '../testing/program.ts'
import { ConsoleFiles } from './files.ts'

const { listen } = await startTestProgram()
const base = new URL((await listen()).url).origin
const asBrowser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8', 'accept-encoding': 'br' }

test('every address of the console serves its page, without a token; the policy allows only scripts of the console', async () => {
  for (const path of [
    '/',
    '/console',
    '/console/local/clusters/a%2Fb/services/www?tab=x',
    '/console/sign-in?code=1&state=2',
  ]) {
    const { status, headers } = await fetch(base + path, { headers: asBrowser })
    assert.equal(status, 200, path)
    assert.match(headers.get('content-type')!, /^text\/html/)
    assert.equal(headers.get('cache-control'), 'no-cache')
    assert.equal(headers.get('x-frame-options'), 'DENY')
    const policy = headers.get('content-security-policy')!
    for (const part of [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
    ])
      assert.ok(policy.split('; ').includes(part), part)
  }
  const terminal = await fetch(`${base}/console/terminal?task=1`, { headers: asBrowser })
  assert.equal(terminal.headers.get('x-frame-options'), 'SAMEORIGIN')
  assert.match(terminal.headers.get('content-security-policy')!, /script-src 'self'; style-src 'self' 'unsafe-inline'/)
})

test('assets are immutable and already compressed, and an unchanged document gets a 304', async () => {
  const page = await fetch(base, { headers: asBrowser })
  const text = await page.text()
  const assets = [...text.matchAll(/(?:src|href)="(\/console\/assets\/[^"]+)"/g)].map(([, path]) => path!)
  assert.ok(assets.length >= 2)
  for (const path of assets) {
    const { status, headers } = await fetch(base + path, { headers: { 'accept-encoding': 'br' } })
    assert.equal(status, 200, path)
    assert.equal(headers.get('cache-control'), 'public, max-age=31536000, immutable')
    assert.equal(headers.get('content-encoding'), 'br')
    assert.match(headers.get('content-type')!, path.endsWith('.css') ? /^text\/css/ : /^text\/javascript/)
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
  }
  const headers = { ...asBrowser, 'if-none-match': page.headers.get('etag')! }
  assert.equal((await fetch(base, { headers })).status, 304)
  for (const path of ['index.html', 'none.js', '..%2f..%2fpackage.json', '%00'])
    assert.ok([400, 404].includes((await fetch(`${base}/console/assets/${path}`)).status), path)
})

test('no page has inline scripts, inline styles or addresses of other hosts', async () => {
  for (const path of ['/', '/console/terminal']) {
    const text = await (await fetch(base + path)).text()
    assert.doesNotMatch(text, /<style|style=|https?:\/\/|<script(?![^>]*src=)|\son\w+=/)
  }
})

test('a new build is served at once, and a folder without a build has no file', async () => {
  const parent = mkdtempSync(join(tmpdir(), 'ecs-api-console-'))
  after(() => rmSync(parent, { recursive: true }))
  const folder = join(parent, 'dist')
  mkdirSync(folder)
  const files = new ConsoleFiles(folder)
  assert.equal(await files.find('index.html'), undefined)
  for (const [time, text] of [
    [1000, 'first '.repeat(100)],
    [2000, 'second '.repeat(100)],
  ] as const) {
    writeFileSync(join(folder, 'index.html'), text)
    utimesSync(join(folder, 'index.html'), time, time)
    const file = (await files.find('index.html'))!
    assert.equal(file.bytes.plain.toString(), text)
    assert.equal(brotliDecompressSync(file.bytes.br!).toString(), text)
  }
  writeFileSync(join(parent, 'secret.html'), 'outside of the folder')
  assert.equal(await files.find('../secret.html'), undefined)
})
