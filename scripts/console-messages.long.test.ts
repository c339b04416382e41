// The short messages of the console: their words, their place, and their end.
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { consoleProgram, newProfile, signedInPage, skipReason, waitForText, webDefinition } from './console-browser.ts'

const skip = skipReason
const program = skip ? undefined : await consoleProgram()
const www = '/local/clusters/prod/services/www'

before(async () => {
  if (!program) return
  const { api } = program
  await api.post('/local/clusters', { name: 'prod' })
  await api.post('/local/taskdefs', webDefinition('web'))
  const dockerLabels = { 'ecs-api.simulated.pull-error': 'no such image' }
  await api.post('/local/taskdefs', webDefinition('broken', { dockerLabels }))
  const service = { name: 'www', taskDefinition: 'web', count: 1 }
  const { status, text } = await api.post('/local/clusters/prod/services?wait=STABLE', service)
  assert.equal(status, 201, text)
})

const messageOf = (page: Page) => page.locator('[role=status]').filter({ hasText: /is being|was / })

async function scale(page: Page, count: number): Promise<void> {
  await page.getByRole('button', { name: 'Scale…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Desired count').fill(String(count))
  await dialog.getByRole('button', { name: 'Scale', exact: true }).click()
}

test('a message covers nothing of the page and takes no click', { skip, timeout: 300_000 }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newProfile(t, url), url, token)
  for (const [count, [width, height]] of [
    [2, [1440, 900]],
    [3, [1280, 800]],
    [4, [390, 844]],
  ] as const) {
    await page.setViewportSize({ width, height })
    await page.goto(`${url}/console${www}`)
    await scale(page, count)
    const message = messageOf(page).getByText(`prod/www is being scaled to ${count} tasks.`, { exact: true })
    await message.waitFor()
    const box = await message.boundingBox()
    assert.ok(box)
    const covered = await page.evaluate<string[]>(`[...document.querySelectorAll(
      'main *, nav *, footer *${width > 700 ? ', header > :not(.space)' : ''}')]
      .filter((part) => !part.matches('.visually-hidden, .visually-hidden *'))
      .filter((part) => { const { x, y, right, bottom } = part.getBoundingClientRect()
        return right > ${box.x} && x < ${box.x + box.width} && bottom > ${box.y} && y < ${box.y + box.height} })
      .map((part) => part.outerHTML.slice(0, 100))`)
    assert.deepEqual(covered, [], `at ${width} px`)
    const point = `${box.x + box.width / 2}, ${box.y + box.height / 2}`
    assert.equal(await page.evaluate(`document.elementFromPoint(${point}).closest('[role=status]')`), null)
    await message.waitFor({ state: 'detached' })
  }
})

test('a message ends when the change that it announced has failed', { skip, timeout: 300_000 }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newProfile(t, url), url, token)
  await page.goto(`${url}/console${www}`)
  await page.getByRole('button', { name: 'Deploy…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(/another task definition/).fill('broken')
  const message = messageOf(page).getByText('prod/www is being deployed.')
  // On a busy machine the change fails so soon that the message is gone before the test looks.
  await page.evaluate(`window.shown = ''
    new MutationObserver(() => shown += document.body.textContent)
      .observe(document.body, { subtree: true, childList: true, characterData: true })`)
  // The timer of the message (5 s) does not end it here.
  await dialog.getByRole('button', { name: 'Deploy', exact: true, disabled: false }).waitFor()
  await page.evaluate('window.setTimeout = ((set) => (run, ms) => set(run, ms === 5000 ? 1e9 : ms))(setTimeout)')
  await dialog.getByRole('button', { name: 'Deploy', exact: true }).click()
  await page.waitForFunction(`shown.includes('prod/www is being deployed.')`)
  await waitForText(page, /[1-9]\d* failed/)
  await message.waitFor({ state: 'detached' })
})
