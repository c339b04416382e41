// The client in Chromium, on a page whose http address is no loopback address: it has no `crypto.randomUUID`.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'
import { checks } from '../../packages/client/src/testing/behaviour.ts'
import { startBehaviourGateway } from './behaviour-gateway.ts'

const executablePath = '/usr/bin/chromium'
const skip = existsSync(executablePath) ? false : `there is no ${executablePath} (Debian: chromium)`

test('the checks of the client pass in Chromium', { skip, timeout: 300_000 }, async (t) => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('../../packages/client/src/testing/behaviour.ts', import.meta.url))],
    ...{ bundle: true, format: 'iife', globalName: 'behaviour', platform: 'browser', write: false },
  })
  const { port, token } = await startBehaviourGateway({
    '/page': ['text/html', '<!doctype html><script src="/behaviour.js"></script>'],
    '/behaviour.js': ['text/javascript', outputFiles[0]!.contents],
  })
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--host-resolver-rules=MAP gateway.test 127.0.0.1'],
  })
  t.after(() => browser.close())
  const page = await browser.newPage()
  const url = `http://gateway.test:${port}`
  await page.goto(`${url}/page`)
  assert.equal(await page.evaluate('isSecureContext || "randomUUID" in crypto'), false)
  for (const name of Object.keys(checks)) {
    await t.test(name, async () => {
      const settings = JSON.stringify({ url, token, prefix: 'chromium' })
      await page.evaluate(`behaviour.checks[${JSON.stringify(name)}](${settings})`)
    })
  }
})
