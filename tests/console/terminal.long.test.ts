// A shell in a real container, typed into on the page of the terminal.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Frame, Page } from 'playwright-core'
import {
  noContainers as cannotRunContainers,
  ensureTestImage,
  getContainerRuntime,
  testImage,
} from '../../packages/local-aws/src/testing/containers.ts'
import { newBrowserProfile, signedInPage, skipReason, startConsoleGateway } from './browser.ts'

const skip = skipReason || cannotRunContainers
if (!skip) await ensureTestImage()
const program = skip ? undefined : await startConsoleGateway({ runtime: getContainerRuntime().address })

/** Resolves when a line of the screen matches. */
async function screenShows(frame: Frame | Page, line: RegExp): Promise<string> {
  const row = frame.locator('.xterm-rows > div').filter({ hasText: line }).first()
  await row.waitFor({ state: 'attached' })
  return (await row.textContent()) ?? ''
}

test('a shell shows what is typed, and the size of the window reaches it', { skip, timeout: 300_000 }, async (t) => {
  const { url, token, api } = program!
  await api.post('/local/clusters', { name: 'prod' })
  const registered = await api.post('/local/taskdefs', {
    family: 'web',
    taskRoleArn: 'arn:aws:iam::111122223333:role/app',
    containerDefinitions: [
      {
        name: 'web',
        image: testImage,
        command: ['sh', '-c', 'trap exit TERM; sleep 100000 & wait'],
        stopTimeout: 2,
        ports: [80],
      },
    ],
  })
  assert.equal(registered.status, 201, registered.text)
  const ran = await api.post('/local/clusters/prod/tasks?wait=RUNNING', {
    taskDefinition: 'web',
    enableExecuteCommand: true,
  })
  assert.equal(ran.status, 201, ran.text)
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  await page.goto(`${url}/console/local/clusters/prod/tasks/${ran.body.items[0].id}`)
  const published = page.getByRole('link', { name: /^127\.0\.0\.1:\d+/ })
  assert.match((await published.getAttribute('href')) ?? '', /^http:\/\/127\.0\.0\.1:\d+$/)
  await page.getByRole('button', { name: 'Terminal' }).click()
  const frame = await (await page.waitForSelector('iframe')).contentFrame()
  assert.ok(frame)
  await frame.getByText(/^Connected to web of/).waitFor()
  await page.keyboard.type('echo $((6*7))\n')
  await screenShows(frame, /^42\s*$/)
  // The way out is visible, and so is the border of the terminal, in the dark as well.
  await frame.getByText('Leave the terminal: Escape, then Tab', { exact: true }).waitFor()
  assert.ok((await frame.locator('#leave').boundingBox())!.width > 100)
  await page.emulateMedia({ colorScheme: 'dark' })
  assert.match(await frame.evaluate<string>('getComputedStyle(document.querySelector("main")).border'), /^1px solid/)
  await page.keyboard.type('busybox stty size\n')
  const [, rows, columns] = /^(\d+) (\d+)/.exec(await screenShows(frame, /^\d+ \d+\s*$/)) ?? []
  await page.setViewportSize({ width: 900, height: 600 })
  // The program asks until the new size has arrived.
  await page.keyboard.type(
    `until [ "$(busybox stty size)" != "${rows} ${columns}" ]; do sleep 0.1; done; busybox stty size | sed 's/^/now /'\n`,
  )
  const now = /^now (\d+) (\d+)/.exec(await screenShows(frame, /^now \d+ \d+\s*$/))
  assert.ok(Number(now?.[1]) < Number(rows) && Number(now?.[2]) < Number(columns), `${rows}x${columns}, then ${now}`)
  await page.keyboard.type('exit 3\n')
  await frame.getByText('The session has ended: the command has ended.').waitFor()
  const gap = await frame.evaluate<number>(`(() => {
    const button = document.querySelector('#state button')
    const text = document.createRange()
    text.selectNodeContents(button.previousSibling)
    return button.getBoundingClientRect().left - text.getBoundingClientRect().right
  })()`)
  assert.ok(gap >= 6, `${gap} px`)
  await frame.getByRole('button', { name: 'Connect again' }).click()
  await frame.getByText(/^Connected to web of/).waitFor()
})
