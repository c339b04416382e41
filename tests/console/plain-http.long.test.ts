// The console over plain http on an address that is not loopback: no secure context, so no clipboard and no Web Locks.
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { newFolder } from '../../packages/gateway/src/testing/process.ts'
import { environmentWithHome, launcherPath } from '../cli/cli-process.ts'
import { newBrowserProfile, skipReason, waitForText, webDefinition } from './browser.ts'

// TEST-NET-1 (RFC 5737): no real host has it.
const address = '192.0.2.1'
const url = `http://${address}:8000`

/** Creates a network namespace with one address. @returns its name, or the reason why it cannot be made */
function newNamespace(): { name: string } | { reason: string } {
  if (process.getuid?.() !== 0) return { reason: 'network namespaces need root' }
  const name = `ecs-api-console-${process.pid}`
  const steps = [
    ['netns', 'add', name],
    ['-n', name, 'link', 'set', 'lo', 'up'],
    ['-n', name, 'address', 'add', `${address}/32`, 'dev', 'lo'],
  ]
  for (const step of steps) {
    const { status, stderr, error } = spawnSync('ip', step, { encoding: 'utf8' })
    if (status !== 0) return { reason: `ip ${step.join(' ')}: ${error?.message ?? stderr}` }
  }
  return { name }
}

const namespace = skipReason ? { reason: skipReason } : newNamespace()
after(() => 'name' in namespace && spawnSync('ip', ['netns', 'delete', namespace.name]))

async function startInNamespace(t: TestContext, name: string, folder: string): Promise<void> {
  const env = environmentWithHome(folder, {
    ECS_API_LISTEN: `${address}:8000`,
    ECS_API_ACCOUNTS_LOCAL_MODE: 'local',
    ECS_API_ACCOUNTS_LOCAL_RUNTIME: 'simulated',
  })
  const child = spawn('ip', ['netns', 'exec', name, process.execPath, launcherPath, 'serve'], { cwd: folder, env })
  let printed = ''
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        printed += text
        if (/^http:\S+\n[\s\S]*token: /m.test(printed)) resolve()
      })
    child.on('close', () => reject(new Error(printed)))
  })
  t.after(async () => {
    const closed = new Promise((resolve) => child.on('close', resolve))
    child.kill('SIGTERM')
    await closed
  })
}

test('sign-in, live pages and copying over plain http', {
  skip: 'reason' in namespace && namespace.reason,
  timeout: 300_000,
}, async (t) => {
  const { name } = namespace as { name: string }
  const { folder, remove } = await newFolder()
  const inNamespace = join(folder, 'chromium')
  writeFileSync(inNamespace, `#!/bin/sh\nexec ip netns exec ${name} /usr/bin/chromium "$@"\n`)
  chmodSync(inNamespace, 0o755)
  // Chromium ignores this header there, and says so at each page.
  const expectedErrors = [/Cross-Origin-Opener-Policy header has been ignored/]
  // The browser ends before the gateway.
  const profile = await newBrowserProfile(t, url, { executablePath: inNamespace, expectedErrors })
  await startInNamespace(t, name, folder)
  t.after(remove)
  const token = readFileSync(join(folder, 'data', 'token'), 'utf8').trim()
  const page = await profile.newPage()
  await page.goto(url)
  assert.equal(await page.evaluate('isSecureContext || "locks" in navigator || "clipboard" in navigator'), false)
  await page.getByLabel('Token').fill(token)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await waitForText(page, /No services yet/)
  // In this browser, whose network the test's own process does not share.
  const send = (path: string, body: object) =>
    page.evaluate(`fetch('/v1/ecs/local${path}', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-csrf-token': localStorage.getItem('ecs-api.csrf') },
        body: ${JSON.stringify(JSON.stringify(body))},
      }).then(({ status }) => status)`)
  assert.equal(await send('/clusters', { name: 'prod' }), 201)
  assert.equal(await send('/taskdefs', webDefinition('web')), 201)
  await page.getByRole('link', { name: 'Services', exact: true }).click()
  await waitForText(page, /There are no services/)
  assert.equal(await send('/clusters/prod/services', { name: 'www', taskDefinition: 'web', count: 2 }), 201)
  await page.getByRole('link', { name: 'prod/www' }).click()
  await waitForText(page, /2 of 2 tasks running/)
  await page.locator('summary', { hasText: 'curl and command line' }).click()
  await page.getByRole('button', { name: 'Copy' }).first().click()
  await page.getByRole('button', { name: 'Copied' }).waitFor()
  await page.getByRole('link', { name: 'Logs', exact: true }).first().click()
  await page.getByLabel('Lines that contain').focus()
  await page.keyboard.press('Control+v')
  assert.equal(await page.getByLabel('Lines that contain').inputValue(), 'ecs-api status local/prod/www')
})
