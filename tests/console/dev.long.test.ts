// `npm run dev`: the console from its sources, in front of a gateway that starts again when its sources change.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { findFreePort } from '../../packages/gateway/src/testing/free-port.ts'
import { newFolder } from '../../packages/gateway/src/testing/process.ts'
import { environmentWithHome } from '../cli/cli-process.ts'
import { newBrowserProfile, signedInPage, skipReason } from './browser.ts'

const pathOf = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))

async function startDev() {
  const { folder, remove } = await newFolder()
  const env = environmentWithHome(folder, {
    ECS_API_LISTEN: `127.0.0.1:${await findFreePort()}`,
    ECS_API_ACCOUNTS_LOCAL_MODE: 'local',
    ECS_API_ACCOUNTS_LOCAL_RUNTIME: 'simulated',
  })
  const child = spawn(process.execPath, [pathOf('scripts/dev.ts')], { cwd: folder, env })
  let printed = ''
  const waiting = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text
      for (const check of waiting) check()
    })
  const closed = once(child, 'close')
  after(async () => {
    child.kill('SIGTERM')
    await closed
    await remove()
  })
  const waitFor = (pattern: RegExp, count: number) =>
    new Promise<void>((resolve, reject) => {
      const check = () => {
        if ([...printed.matchAll(pattern)].length >= count) resolve()
      }
      waiting.add(check)
      check()
      child.on('close', () => reject(new Error(printed)))
    })
  await waitFor(/^token: in /gm, 1)
  const url = /from its sources: (http:\S+)\/\./.exec(printed)![1]!
  return { url, waitFor, token: readFileSync(join(folder, 'data/token'), 'utf8').trim() }
}

// At the top level, so that it ends after the test's browser profile.
const dev = skipReason ? undefined : await startDev()

/** Marks the file as changed just now, without a change of its text. */
const touch = (path: string) => utimesSync(pathOf(path), new Date(), new Date())

test('npm run dev: a page reloads when a source of the console changes, and the gateway starts again when one of its own does', {
  skip: skipReason,
  timeout: 300_000,
}, async (t) => {
  const { url, token, waitFor } = dev!
  const profile = await newBrowserProfile(t, url, { expectedErrors: [/status of (410|50\d)|ERR_ABORTED|WebSocket/] })
  const page = await signedInPage(profile, url, token)
  await page.getByRole('link', { name: 'Clusters', exact: true }).click()
  await page.getByRole('heading', { name: 'Clusters' }).waitFor()
  await page.evaluate('globalThis.isSamePage = true')
  const loaded = page.waitForEvent('load')
  touch('packages/console/src/pages/clusters.tsx')
  await loaded
  await page.getByRole('heading', { name: 'Clusters' }).waitFor()
  assert.equal(await page.evaluate('globalThis.isSamePage'), undefined)

  touch('packages/gateway/src/compose.ts')
  await waitFor(/^token: in /gm, 2)
  await page.getByRole('link', { name: 'Services', exact: true }).click()
  await page
    .getByRole('link', { name: /Create/ })
    .first()
    .waitFor()
})
