// scripts/build-console.mjs in a copy of what it reads, with a vite of the test: it counts its runs, or fails.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdirSync, readFileSync, watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { newFolder } from '../../packages/gateway/src/testing/process.ts'

const vite = `
import { appendFileSync, mkdirSync } from 'node:fs'
if (process.env.VITE_FAILS) throw new Error('vite is broken')
mkdirSync('dist', { recursive: true })
appendFileSync('dist/runs', '.')`

async function newCheckout(t: TestContext) {
  const { folder, remove } = await newFolder()
  t.after(remove)
  const write = (path: string, text: string) => {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  mkdirSync(join(folder, 'scripts'))
  copyFileSync('scripts/build-console.mjs', join(folder, 'scripts/build-console.mjs'))
  write('node_modules/vite/bin/vite.js', vite)
  write('node_modules/vite/package.json', '{"type": "module"}')
  write('package-lock.json', '{}')
  write('packages/console/vite.config.mjs', '')
  write('packages/console/src/main.tsx', 'first')
  write('packages/client/src/index.ts', 'first')
  const run = (args: string[] = [], env: Record<string, string> = {}) =>
    spawnSync(process.execPath, [join(folder, 'scripts/build-console.mjs'), ...args], {
      env: { ...process.env, ...env },
      encoding: 'utf8',
    })
  const runsFile = join(folder, 'packages/console/dist/runs')
  const countRuns = () => (existsSync(runsFile) ? readFileSync(runsFile, 'utf8').length : 0)
  return { folder, write, run, countRuns }
}

test('the console is built when a source has changed since the last build, and not otherwise', async (t) => {
  const { write, run, countRuns } = await newCheckout(t)
  assert.deepEqual([run().status, countRuns()], [0, 1])
  assert.deepEqual([run().status, countRuns()], [0, 1])
  for (const path of ['packages/console/src/new.tsx', 'packages/client/src/index.ts', 'package-lock.json']) {
    const before = countRuns()
    write(path, 'second')
    assert.deepEqual([run().status, countRuns()], [0, before + 1], path)
  }
})

test('a failed build fails the command, but not an installation; the next run builds again', async (t) => {
  const { run, countRuns } = await newCheckout(t)
  const failed = run([], { VITE_FAILS: '1' })
  assert.equal(failed.status, 1)
  assert.match(failed.stderr, /^The console could not be built: [\s\S]*vite is broken/)
  const installed = run(['--install'], { VITE_FAILS: '1' })
  assert.equal(installed.status, 0)
  assert.match(installed.stderr, /^The console could not be built: [\s\S]*vite is broken/)
  assert.deepEqual([run(['--install']).status, countRuns()], [0, 1])
})

test('beside a start, a stale console is built by another process', async (t) => {
  const { folder, run, countRuns } = await newCheckout(t)
  const watcher = watch(join(folder, 'packages/console'), { recursive: true })
  t.after(() => watcher.close())
  assert.equal(run(['--beside']).status, 0)
  while (!existsSync(join(folder, 'packages/console/dist/sources.hash'))) await once(watcher, 'change')
  assert.equal(countRuns(), 1)
  assert.deepEqual([run(['--beside']).status, countRuns()], [0, 1])
})
