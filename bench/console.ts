/** The speed of the console in Chromium: a list of many services, a log of many lines, and keystrokes in a terminal. */
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Browser, Frame } from 'playwright-core'
import {
  launchChromium,
  longestScriptTaskMs,
  measuredProfile,
  measureMsAfter,
  measureMsUntil,
  openSignedInPage,
} from './browser.ts'
import type { Figure } from './figures.ts'
import { makeServices, startGateway } from './gateway.ts'
import { makeLoggingService, startGatewayWithEngine, writeLogLines } from './logs.ts'
import { startProgram } from './process.ts'
import { measureMs, median, openTerminalOnEngine, withTerminalSetup } from './terminal.ts'

const rounds = Number(process.env.ROUNDS ?? 5)
const serviceCount = Number(process.env.CONSOLE_SERVICES ?? 3_000)
const lineCount = Number(process.env.CONSOLE_LINES ?? 100_000)
const keystrokeCount = Number(process.env.KEYSTROKES ?? 100)
const longTaskGoal = { words: '≤ 100 ms', isMet: (ms: number) => ms <= 100 }

/** @throws CannotRun without Chromium or a container runtime */
export async function consoleBench(): Promise<Figure[]> {
  const browser = await launchChromium()
  try {
    return [
      ...(await measureFirstPage(browser)),
      ...(await measureServiceList(browser)),
      ...(await measureLog(browser)),
      ...(await measureKeystrokes(browser)),
    ]
  } finally {
    await browser.close()
  }
}

/** The page that a person sees first: the overview of some services. */
async function measureFirstPage(browser: Browser): Promise<Figure[]> {
  const gateway = await startGateway({ ECS_API_ACCOUNTS_LOCAL_PACE: 'instant' })
  const emptyPage = await startProgram(fileURLToPath(new URL('./peers/empty-page.ts', import.meta.url)))
  const profile = await measuredProfile(browser)
  try {
    await makeServices(gateway, 20, 1)
    const page = await openSignedInPage(profile, gateway)
    const peerPage = await profile.newPage()
    const [readyTimes, emptyTimes, longTasks]: [number[], number[], number[]] = [[], [], []]
    // The first round is not counted: the browser compiles the code in it.
    for (let round = -1; round < rounds; round++) {
      const emptyMs = await measureMsUntil(peerPage, emptyPage.url, `document.querySelector('h1')`)
      const readyMs = await measureMsUntil(page, `${gateway.url}/`, `document.querySelector('main tr[data-row]')`)
      const longestMs = await longestScriptTaskMs(page)
      if (round < 0) continue
      emptyTimes.push(emptyMs)
      readyTimes.push(readyMs)
      longTasks.push(longestMs)
    }
    return [
      {
        name: 'the first page with 20 services: navigation until they are drawn',
        unit: 'ms',
        values: readyTimes,
        goal: { words: '≤ 500 ms', isMet: (ms) => ms <= 500 },
      },
      { name: '… an empty React page', unit: 'ms', values: emptyTimes },
      { name: 'first page ÷ empty page', unit: 'ratio', values: readyTimes.map((ms, i) => ms / emptyTimes[i]!) },
      { name: '… longest task', unit: 'ms', values: longTasks, goal: longTaskGoal },
    ]
  } finally {
    await profile.close()
    await emptyPage.stop()
    await gateway.stop()
  }
}

async function measureServiceList(browser: Browser): Promise<Figure[]> {
  const gateway = await startGateway({ ECS_API_ACCOUNTS_LOCAL_PACE: 'instant' })
  const emptyPage = await startProgram(fileURLToPath(new URL('./peers/empty-page.ts', import.meta.url)))
  const profile = await measuredProfile(browser)
  try {
    await makeServices(gateway, serviceCount, 1)
    const lastCreated = `s-${serviceCount - 1}`
    const lastByLetters = Array.from({ length: serviceCount }, (_, i) => `s-${i}`)
      .toSorted()
      .at(-1)
    const page = await openSignedInPage(profile, gateway)
    const peerPage = await profile.newPage()
    const times: Record<'ready' | 'empty' | 'sort' | 'filter' | 'palette', number[]> = {
      ready: [],
      empty: [],
      sort: [],
      filter: [],
      palette: [],
    }
    const longTasks: number[] = []
    const rowsAreShown = `document.querySelector('[aria-label="Services, ${serviceCount} rows"] tr[data-row]')`
    for (let round = -1; round < rounds; round++) {
      const emptyMs = await measureMsUntil(peerPage, emptyPage.url, `document.querySelector('h1')`)
      const ready = await measureMsUntil(page, `${gateway.url}/console/local/services`, rowsAreShown)
      const sortButton = page.getByRole('button', { name: 'Service', exact: true })
      await sortButton.click()
      const lastNameIsFirst = `document.querySelector('tr[data-row]')?.textContent.includes('${lastByLetters}')`
      const sort = await measureMsAfter(
        page,
        'click',
        () => page.getByRole('button', { name: 'Service ↑' }).click(),
        lastNameIsFirst,
      )
      const oneRowIsShown = `document.querySelectorAll('tr[data-row]').length === 1`
      const field = page.getByLabel('Filter by name')
      await field.fill(`bench/${lastCreated.slice(0, -1)}`)
      const filter = await measureMsAfter(page, 'keydown', () => field.press(lastCreated.at(-1)!), oneRowIsShown)
      await page.keyboard.press('Control+k')
      const search = page.getByRole('combobox', { name: /^Service, task id/ })
      await search.fill(lastCreated.slice(0, -1))
      const palette = await measureMsAfter(
        page,
        'keydown',
        () => search.press(lastCreated.at(-1)!),
        `document.querySelectorAll('[role="option"]').length === 1`,
      )
      await page.keyboard.press('Escape')
      const longest = await longestScriptTaskMs(page)
      // The first round is not counted: the browser compiles the code in it.
      if (round < 0) continue
      times.ready.push(ready)
      times.empty.push(emptyMs)
      times.sort.push(sort)
      times.filter.push(filter)
      times.palette.push(palette)
      longTasks.push(longest)
    }
    return [
      {
        name: `the list of ${serviceCount} services: navigation until its rows are drawn`,
        unit: 'ms',
        values: times.ready,
      },
      { name: '… an empty React page', unit: 'ms', values: times.empty },
      { name: 'list ÷ empty page', unit: 'ratio', values: times.ready.map((ms, i) => ms / times.empty[i]!) },
      { name: '… sorted: click until it is drawn', unit: 'ms', values: times.sort },
      { name: '… filtered: keystroke until it is drawn', unit: 'ms', values: times.filter },
      {
        name: `the palette with ${serviceCount} names: keystroke until it is drawn`,
        unit: 'ms',
        values: times.palette,
        goal: { words: '≤ 50 ms', isMet: (ms) => ms <= 50 },
      },
      { name: '… longest task of all this', unit: 'ms', values: longTasks, goal: longTaskGoal },
    ]
  } finally {
    await profile.close()
    await emptyPage.stop()
    await gateway.stop()
  }
}

async function measureLog(browser: Browser): Promise<Figure[]> {
  const { engine, gateway } = await startGatewayWithEngine()
  const profile = await measuredProfile(browser)
  try {
    const streams = await makeLoggingService(gateway, engine.url)
    await writeLogLines(engine.url, streams, lineCount)
    const page = await openSignedInPage(profile, gateway)
    await longestScriptTaskMs(page)
    const firstLineMs = await measureMsUntil(
      page,
      `${gateway.url}/console/remote/clusters/bench/services/www/logs`,
      `document.querySelector('.log .message')`,
    )
    await page
      .getByLabel('Log')
      .getByText(new RegExp(`^${Math.ceil(lineCount / streams.length) - 1} GET`))
      .first()
      .waitFor()
    const topLineMs = await measureMsAfter(
      page,
      'keydown',
      () => page.getByLabel('Log').press('Home'),
      `document.querySelector('.log .line[data-index="0"]')`,
    )
    return [
      { name: `a log of ${lineCount} lines: navigation until the first are drawn`, unit: 'ms', values: [firstLineMs] },
      { name: '… to its beginning: keystroke until it is drawn', unit: 'ms', values: [topLineMs] },
      {
        name: '… longest task until all lines are there',
        unit: 'ms',
        values: [await longestScriptTaskMs(page)],
        goal: longTaskGoal,
      },
    ]
  } finally {
    await profile.close()
    await gateway.stop()
    await engine.stop()
  }
}

async function measureKeystrokes(browser: Browser): Promise<Figure[]> {
  const [screenMs, engineMs]: [number[], number[]] = [[], []]
  await withTerminalSetup(async ({ engine, gateway, task }) => {
    const profile = await measuredProfile(browser)
    const page = await openSignedInPage(profile, gateway)
    for (let round = 0; round < rounds; round++) {
      await page.goto(`${gateway.url}/console/remote/clusters/bench/tasks/${task}/terminal`)
      // A page without a click or a key asks before it connects.
      await page.locator('iframe, button:has-text("Connect")').first().waitFor()
      if (await page.getByRole('button', { name: 'Connect' }).isVisible())
        await page.getByRole('button', { name: 'Connect' }).click()
      const frame = (await (await page.waitForSelector('iframe')).contentFrame())!
      await frame.getByText(/^Connected to app of/).waitFor()
      await page.keyboard.type('busybox stty raw -echo; echo ready; exec cat\n')
      await frame
        .locator('.xterm-rows')
        .getByText(/^ready/)
        .waitFor()
      const viaEngine = await openTerminalOnEngine(engine.url, task)
      const times = { screen: [] as number[], engine: [] as number[] }
      for (let i = 0; i < keystrokeCount; i++) {
        // Random pauses, so that keys come at all moments of a frame.
        await pause(Math.random() * 50)
        times.screen.push(await keystrokeMs(frame, () => page.keyboard.press('x')))
        times.engine.push(await measureMs(viaEngine.echoByte))
      }
      screenMs.push(median(times.screen))
      engineMs.push(median(times.engine))
      viaEngine.close()
    }
    await profile.close()
  })
  return [
    {
      name: `a keystroke in the terminal until it is drawn, ${keystrokeCount} of them: p50`,
      unit: 'ms',
      values: screenMs,
    },
    { name: '… its echo in a session with the engine itself: p50', unit: 'ms', values: engineMs },
    {
      name: 'what gateway and console add',
      unit: 'ms',
      values: screenMs.map((ms, i) => ms - engineMs[i]!),
      goal: { words: '≤ 15 ms', isMet: (ms) => ms <= 15 },
    },
  ]
}

/**
 * Milliseconds from the event of a key until the terminal's rows have changed. The measurement requests no frame: the
 * echo would then wait for the frame after it.
 */
async function keystrokeMs(frame: Frame, press: () => Promise<void>): Promise<number> {
  await frame.evaluate(`void (globalThis.typed = new Promise((resolve) => {
    let pressedAt
    addEventListener('keydown', (event) => {
      pressedAt = event.timeStamp
    }, { capture: true, once: true })
    new MutationObserver((_, observer) => {
      // Only a change after the key counts.
      if (pressedAt === undefined) return
      observer.disconnect()
      resolve(performance.now() - pressedAt)
    }).observe(document.querySelector('.xterm-rows'), { childList: true, subtree: true, characterData: true })
  }))`)
  await press()
  return frame.evaluate('globalThis.typed')
}
