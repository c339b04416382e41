// The pictures of the console in README.md. `npm run pictures` takes them anew; a test run only
// shows that they still can be taken.
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import {
  newBrowserProfile,
  signedInPage,
  skipReason,
  startConsoleGateway,
  waitForText,
  webDefinition,
} from './browser.ts'

const skip = skipReason
const program = skip ? undefined : await startConsoleGateway({ pace: 'fast' })
const size = { width: 1280, height: 800 }
const maxBytes = 250_000
const fileOf = (theme: string) => new URL(`../../docs/pictures/console-${theme}.png`, import.meta.url)

/** A service with a release that runs, and one whose image cannot be pulled. */
async function makeShop(): Promise<string> {
  const { api } = program!
  const made = async (path: string, body: object) => {
    const { status, text } = await api.post(path, body)
    assert.ok(status < 300, text)
  }
  await made('/local/clusters', { name: 'prod' })
  await made('/local/taskdefs', webDefinition('shop', { image: 'example/shop:1.4' }))
  await made('/local/clusters/prod/services?wait=STABLE&fail=true', {
    name: 'shop',
    taskDefinition: 'shop',
    count: 3,
    enableExecuteCommand: true,
  })
  const pullError = 'pull access denied for example/shop, repository does not exist or may require a login'
  await made(
    '/local/taskdefs',
    webDefinition('shop', {
      image: 'example/shop:1.5',
      dockerLabels: { 'ecs-api.simulated.pull-error': pullError },
    }),
  )
  const path = '/local/clusters/prod/services/shop'
  const changed = await api.patch(path, { taskDefinition: 'shop:2' })
  assert.equal(changed.status, 200, changed.text)
  return `/console${path}`
}

/** Width and height of a PNG (PNG, 5.3 and 11.2.1). */
function sizeOf(png: Buffer): { width: number; height: number } {
  assert.equal(png.toString('latin1', 1, 4), 'PNG')
  return { width: png.readUInt32BE(16), height: png.readUInt32BE(20) }
}

test('the pictures of the documents show a service whose deployment fails', { skip, timeout: 300_000 }, async (t) => {
  const { url, token } = program!
  const path = await makeShop()
  for (const theme of ['light', 'dark'] as const) {
    const page = await signedInPage(await newBrowserProfile(t, url, { viewport: size, colorScheme: theme }), url, token)
    await page.goto(url + path)
    await waitForText(page, /pull access denied/)
    await waitForText(page, /[3-9] failed/)
    const picture = await page.screenshot()
    assert.deepEqual(sizeOf(picture), size)
    assert.ok(picture.length < maxBytes, `${picture.length} bytes`)
    if (process.env.UPDATE_PICTURES) writeFileSync(fileOf(theme), picture)
    assert.deepEqual(sizeOf(readFileSync(fileOf(theme))), size)
  }
})
