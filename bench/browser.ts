/** Chromium for benches. Its pages record their long tasks, and the time when they have drawn an expected state. */
import { existsSync } from 'node:fs'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { CannotRun } from './figures.ts'
import { type Gateway, tokenHeaders } from './gateway.ts'

const executablePath = '/usr/bin/chromium'

/** @throws CannotRun without Debian's Chromium */
export async function launchChromium(): Promise<Browser> {
  if (!existsSync(executablePath)) throw new CannotRun(`There is no ${executablePath} (Debian: chromium).`)
  return chromium.launch({ executablePath, args: ['--no-sandbox'] })
}

/** A browser profile whose pages record their long tasks (over 50 ms, from the Long Tasks API). */
export async function measuredProfile(browser: Browser): Promise<BrowserContext> {
  const profile = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  profile.setDefaultTimeout(120_000)
  await profile.addInitScript(`globalThis.longTasks = []
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) longTasks.push(duration)
    }).observe({ type: 'longtask', buffered: true })`)
  return profile
}

/** Opens the console, signed in with the gateway's token. */
export async function openSignedInPage(profile: BrowserContext, gateway: Gateway): Promise<Page> {
  const response = await fetch(`${gateway.url}/session/codes`, { method: 'POST', headers: tokenHeaders })
  const { path } = (await response.json()) as { path: string }
  const page = await profile.newPage()
  await page.goto(gateway.url + path)
  await page.getByRole('navigation', { name: 'Pages' }).waitFor({ state: 'attached' })
  return page
}

/**
 * Loads an address and waits until a frame is drawn in which `condition`, a JavaScript expression, is true.
 * @returns milliseconds since the navigation began
 */
export async function measureMsUntil(page: Page, url: string, condition: string): Promise<number> {
  // A page in the background draws a frame only once a second.
  await page.bringToFront()
  await page.goto(url, { waitUntil: 'commit' })
  return page.evaluate(whenDrawn(condition))
}

/**
 * Calls `act` and waits until a frame is drawn in which `condition`, a JavaScript expression, is true.
 * @param event the type of the DOM event that `act` causes
 * @returns milliseconds since the page got the event
 */
export async function measureMsAfter(
  page: Page,
  event: string,
  act: () => Promise<void>,
  condition: string,
): Promise<number> {
  await page.evaluate(`globalThis.happenedAt = undefined
    addEventListener('${event}', (event) => { globalThis.happenedAt ??= event.timeStamp }, { capture: true, once: true })`)
  await act()
  return page.evaluate(`(async () => (await ${whenDrawn(condition)}) - globalThis.happenedAt)()`)
}

/** JavaScript that resolves to the time when the condition is true in a drawn frame, and rejects after two minutes. */
const whenDrawn = (condition: string) => `new Promise((resolve, reject) => {
  const giveUpAt = performance.now() + 120_000
  const check = () => requestAnimationFrame(() => {
    if (${condition}) setTimeout(() => resolve(performance.now()))
    else if (performance.now() > giveUpAt) reject(new Error(${JSON.stringify(`never true: ${condition}`)}))
    else check()
  })
  check()
})`

/** The longest task since the last call of this function, in milliseconds; 0 when no task took 50 ms. */
export function longestScriptTaskMs(page: Page): Promise<number> {
  return page.evaluate('Math.max(0, ...longTasks.splice(0))')
}
