// One look on all pages: disabled buttons, checkboxes, the space in the box of an error, and requests in one line.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  createExampleServices,
  newBrowserProfile,
  signedInPage,
  skipReason,
  startConsoleGateway,
  waitForText,
} from './browser.ts'

const skip = skipReason
const timeout = 300_000
const program = skip ? undefined : await startConsoleGateway()
const exampleIds = program && (await createExampleServices(program))
const www = '/console/local/clusters/prod/services/www'

test('all disabled buttons have one grey in each theme', { skip, timeout }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    const looks = new Set<string>()
    for (const [path, button] of [
      [www, 'Stop deployment…'],
      ['/console/local/new/service', 'Create'],
      [`/console/local/clusters/prod/tasks/${exampleIds!.stoppedTask}`, 'Stop…'],
    ] as const) {
      await page.goto(url + path)
      const disabled = page.getByRole('button', { name: button, exact: true, disabled: true })
      await disabled.waitFor()
      looks.add(
        await page.evaluate<string>(`(() => {
          const button = [...document.querySelectorAll('main button')].find((each) => each.innerText === '${button}')
          const { color, borderColor, backgroundColor, opacity } = getComputedStyle(button)
          return [color, borderColor, backgroundColor, opacity].join(' ')
        })()`),
      )
    }
    assert.equal(looks.size, 1, [...looks].join('; '))
  }
})

test('the page of a shell has the checkbox of the console', { skip, timeout }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  const look = async () => {
    await page.locator('input[type="checkbox"]').first().waitFor()
    return page.evaluate<string>(`(() => {
      const { appearance, width, borderRadius, borderColor } =
        getComputedStyle(document.querySelector('input[type="checkbox"]'))
      return [appearance, width, borderRadius, borderColor].join(' ')
    })()`)
  }
  await page.goto(url + www)
  const ofConsole = await look()
  assert.match(ofConsole, /^none 16px 3px rgb/)
  const address = new URLSearchParams({ account: 'local', cluster: 'prod', task: exampleIds!.runningTask })
  await page.goto(`${url}/console/terminal?${address}&container=web`)
  assert.equal(await look(), ofConsole)
})

test('the text in the box of an error has equal space above and below', { skip, timeout }, async (t) => {
  const { url, token } = program!
  const profile = await newBrowserProfile(t, url, { expectedErrors: [/404 \(Not Found\)/] })
  const page = await signedInPage(profile, url, token)
  await page.goto(`${url}/console/local/clusters/none`)
  await page.getByRole('alert').waitFor()
  const [above, below] = await page.evaluate<[number, number]>(`(() => {
    const box = document.querySelector('[role="alert"]')
    const boxOf = (element) => {
      const range = document.createRange()
      range.selectNodeContents(element)
      return range.getBoundingClientRect()
    }
    const { top, bottom } = box.getBoundingClientRect()
    return [boxOf(box.querySelector('h2')).top - top, bottom - boxOf(box.querySelector('button')).bottom]
  })()`)
  assert.ok(Math.abs(above - below) <= 2, `${above} px above, ${below} px below`)
})

test('the request of an audit entry has its path in one line', { skip, timeout }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await page.goto(`${url}/console/admin/audit`)
  await waitForText(page, /deployed nginx:1\.30/)
  const request = page.getByRole('row').filter({ hasText: 'deployed nginx:1.30' }).locator('details')
  await request.locator('summary').click()
  await request.locator('pre').waitFor()
  const lines = await page.evaluate<number>(`(() => {
    const text = document.querySelector('details[open] pre bdi').firstChild
    const range = document.createRange()
    range.setStart(text, 0)
    range.setEnd(text, text.data.indexOf('\\n'))
    return range.getClientRects().length
  })()`)
  assert.equal(lines, 1)
})
