/**
 * The console in Debian's Chromium, against a gateway of the test. A page that breaks its content security policy,
 * throws, logs an error or sends a request to another host fails the test.
 */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, type TestContext } from 'node:test'
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs'
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Locator,
  type Page,
  type Request,
  type Route,
} from 'playwright-core'
import { newFolder } from '../../packages/gateway/src/testing/process.ts'
import { startTestProgram, type TestProgram } from '../../packages/gateway/src/testing/program.ts'

const executablePath = '/usr/bin/chromium'
/** For the option `skip` of a test: the reason why it cannot run on this machine, or false. */
export const skipReason = existsSync(executablePath) ? false : `there is no ${executablePath} (Debian: chromium)`

/** How long Playwright waits before a test fails. It is long, because the machine may be busy. */
const timeoutMs = 60_000

/** The folder for pictures of all checked pages, and of the pages of a failed test; undefined: no pictures. */
export const screenshotFolder = process.env.CONSOLE_SCREENSHOTS
if (screenshotFolder) mkdirSync(screenshotFolder, { recursive: true })

let sharedBrowser: Promise<Browser> | undefined

const launch = (path: string) => chromium.launch({ executablePath: path, args: ['--no-sandbox'] })

function launchShared(): Promise<Browser> {
  sharedBrowser ??= launch(executablePath)
  return sharedBrowser
}
after(async () => (await sharedBrowser)?.close())

export interface ProfileOptions {
  /** Starts this program, instead of sharing Debian's Chromium with other tests. It ends with the test. */
  executablePath?: string
  /** Console errors and requests that the test causes on purpose: they do not fail it. */
  expectedErrors?: readonly RegExp[]
}

/** Opens a new browser profile. After the test it closes the profile, and fails the test if a page had a fault. */
export async function newBrowserProfile(
  t: TestContext,
  url: string,
  { expectedErrors = [], executablePath: programPath, ...options }: BrowserContextOptions & ProfileOptions = {},
): Promise<BrowserContext> {
  const browser = await (programPath === undefined ? launchShared() : launch(programPath))
  const profile = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options })
  profile.setDefaultTimeout(timeoutMs)
  const faults: string[] = []
  // Chromium cuts requests off when a network appears, and container tests create networks.
  const cutOff = /net::ERR_NETWORK_CHANGED/
  const cutOffUrls = new Set<string>()
  const isOfCutOffModule = (text: string) =>
    cutOffUrls.has(/Failed to fetch dynamically imported module: (\S+)/.exec(text)?.[1] ?? '')
  const addFault = (text: string) => {
    if (![...expectedErrors, cutOff].some((pattern) => pattern.test(text))) faults.push(text)
  }
  profile.on('requestfailed', (request) => {
    if (cutOff.test(request.failure()?.errorText ?? '')) cutOffUrls.add(request.url())
  })
  await profile.addInitScript(`addEventListener('securitypolicyviolation', (event) =>
    console.error('policy: ' + event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sourceFile), true)`)
  profile.on('console', (message) => {
    if (message.type() === 'error') addFault(`${message.text()} (${message.location().url})`)
  })
  profile.on('weberror', (error) => addFault(`thrown: ${error.error().stack}`))
  profile.on('request', (request) => {
    const { protocol, origin } = new URL(request.url())
    if (!/^(data|blob|about):$/.test(protocol) && origin !== new URL(url).origin) addFault(`request: ${request.url()}`)
  })
  t.after(async () => {
    if (screenshotFolder && !(t as TestContext & { passed: boolean }).passed)
      for (const [i, page] of profile.pages().entries())
        await page.screenshot({ path: `${screenshotFolder}/failed-${t.name.replaceAll(/\W+/g, '-')}-${i}.png` })
    // A handler of a route may still wait for a response, which never arrives once the profile is closed.
    for (const routed of [profile, ...profile.pages()]) await routed.unrouteAll({ behavior: 'ignoreErrors' })
    await profile.close()
    if (programPath !== undefined) await browser.close()
    assert.deepEqual(
      faults.filter((text) => !isOfCutOffModule(text)),
      [],
    )
  })
  return profile
}

/** Opens a page and signs in with a one-time code in its address, like the address that `npm start` prints. */
export async function signedInPage(profile: BrowserContext, url: string, token: string): Promise<Page> {
  const newSignInAddress = async () => {
    const headers = { authorization: `Bearer ${token}` }
    const response = await fetch(`${url}/session/codes`, { method: 'POST', headers })
    return url + ((await response.json()) as { path: string }).path
  }
  const page = await profile.newPage()
  const navigation = page.getByRole('navigation', { name: 'Pages' })
  // Chromium cuts requests off when a network appears, and container tests create networks. A person would open a new
  // address: the code of the first one may be used up.
  for (;;) {
    const { promise: cutOff, resolve } = Promise.withResolvers<false>()
    const onFailure = (request: Request) => {
      if (request.failure()?.errorText === 'net::ERR_NETWORK_CHANGED') resolve(false)
    }
    page.on('requestfailed', onFailure)
    const isSignedIn = await Promise.race([
      page.goto(await newSignInAddress()).then(
        () => navigation.waitFor({ state: 'attached' }).then(() => true),
        (error: Error) => !error.message.includes('ERR_NETWORK_CHANGED') && Promise.reject(error),
      ),
      cutOff,
    ])
    page.off('requestfailed', onFailure)
    if (isSignedIn) break
    // The browser would not load the same page again for another code in the fragment.
    await page.goto('about:blank')
  }
  return page
}

export interface ConsoleGateway extends TestProgram {
  /** The origin of the gateway. */
  url: string
  /**
   * Writes log lines as the container `web` of a task of the account `local`: the first one at `startMs` (now by
   * default), each other one `stepMs` (1 by default) after the one before.
   */
  writeLog: (task: string, messages: readonly string[], startMs?: number, stepMs?: number) => Promise<void>
}

export interface ConsoleGatewayOptions {
  pace?: 'instant' | 'fast'
  /** The address of a container runtime; simulated by default. */
  runtime?: string
  /** The key `console` of the account `local`. */
  console?: { colour: string }
}

/**
 * Starts a gateway with an account `local`, for all tests of a file. Call it at the top level of the file, so that the
 * gateway ends after the browser profiles of the tests.
 */
export async function startConsoleGateway({
  pace = 'instant',
  runtime = 'simulated',
  console,
}: ConsoleGatewayOptions = {}): Promise<ConsoleGateway> {
  const { folder, remove } = await newFolder()
  const program = await startTestProgram({
    engine: { pace, runtime },
    local: { console },
    data: folder,
    engineListen: [{ host: '127.0.0.1', port: 0 }],
  })
  const { url, notes } = await program.listen()
  const endpoint = /http:\S+/.exec(notes.join('\n'))?.[0] ?? ''
  const [credentials] = JSON.parse(readFileSync(join(folder, 'local-aws', 'keys.json'), 'utf8'))
  const logs = new CloudWatchLogs({ region: 'us-east-1', endpoint, credentials })
  after(async () => {
    logs.destroy()
    await program.close()
    await remove()
  })
  return {
    ...program,
    url: new URL(url).origin,
    writeLog: async (task, messages, startMs = Date.now(), stepMs = 1) => {
      await logs.putLogEvents({
        logGroupName: '/web',
        logStreamName: `w/web/${task}`,
        logEvents: messages.map((message, i) => ({ timestamp: startMs + i * stepMs, message })),
      })
    },
  }
}

/** A task definition with a container `web`, a log, and the roles that logs and terminals need. */
export const webDefinition = (family: string, container: object = {}) => ({
  family,
  taskRoleArn: 'arn:aws:iam::123456789012:role/task',
  executionRoleArn: 'arn:aws:iam::123456789012:role/execution',
  containerDefinitions: [
    {
      name: 'web',
      image: 'nginx:1.29',
      ports: [80],
      logConfiguration: {
        logDriver: 'awslogs',
        options: {
          'awslogs-group': '/web',
          'awslogs-region': 'us-east-1',
          'awslogs-stream-prefix': 'w',
          'awslogs-create-group': 'true',
        },
      },
      ...container,
    },
  ],
})

export interface ExampleIds {
  runningTask: string
  stoppedTask: string
  deploymentId: string
}

/**
 * Creates in the cluster prod: `www`, healthy, with two releases, a log and stopped tasks; `api`, whose image cannot be
 * pulled; and a token.
 */
export async function createExampleServices({ api, writeLog }: ConsoleGateway): Promise<ExampleIds> {
  const create = async (path: string, body: object) => {
    const { status, text, body: result } = await api.post(path, body)
    assert.ok(status < 300, text)
    return result
  }
  await create('/local/clusters', { name: 'prod' })
  await create('/local/taskdefs', webDefinition('web'))
  const broken = { 'ecs-api.simulated.pull-error': 'pull access denied for api, repository does not exist' }
  await create('/local/taskdefs', webDefinition('api', { image: 'registry.example/api:2', dockerLabels: broken }))
  const www = '/local/clusters/prod/services/www'
  await create('/local/clusters/prod/services?wait=STABLE&fail=true', {
    name: 'www',
    taskDefinition: 'web',
    count: 3,
    enableExecuteCommand: true,
    tags: { team: 'shop' },
  })
  const patchResponse = await api.patch(`${www}?wait=STABLE&fail=true`, {
    containers: { web: { image: 'nginx:1.30' } },
  })
  assert.equal(patchResponse.status, 200, patchResponse.text)
  await create('/local/clusters/prod/services', { name: 'api', taskDefinition: 'api', count: 1 })
  await create('/tokens', { name: 'portal', role: 'viewer' })
  const tasks: { id: string; lastStatus: string }[] = (await api.get(`${www}/tasks?status=ALL`)).body.items
  const running = tasks.find(({ lastStatus }) => lastStatus === 'RUNNING')!.id
  const long = `GET /search?q=${'a-long-word-without-a-space'.repeat(20)} 200`
  await writeLog(running, [...Array.from({ length: 60 }, (_, i) => `GET /cart/${i} 200 ${i} ms`), long, 'last line'])
  return {
    runningTask: running,
    stoppedTask: tasks.find(({ lastStatus }) => lastStatus === 'STOPPED')!.id,
    deploymentId: (await api.get(`${www}/deployments`)).body.items[0].id,
  }
}

/** Every page of the console: its address, and a text that it shows once its data has arrived. */
export function allPages({
  runningTask,
  stoppedTask,
  deploymentId,
}: ExampleIds): Record<string, [path: string, shows: RegExp]> {
  const cluster = '/console/local/clusters/prod'
  const www = `${cluster}/services/www`
  return {
    overview: ['/', /of 2 services/],
    services: ['/console/local/services', /prod\/www/],
    service: [www, /3 running/],
    logs: [`${www}/logs`, /last line/],
    deployments: [`${www}/deployments`, /first release/],
    events: [`${www}/events`, /has reached a steady state/],
    metrics: [`${www}/metrics`, /There are no values yet|CPU/i],
    configuration: [`${www}/configuration`, /Circuit breaker/],
    failing: [`${cluster}/services/api`, /pull access denied/],
    deployment: [`${www}/deployments/${encodeURIComponent(deploymentId)}`, /Circuit breaker|No task of this/],
    diff: [`${www}/releases/1/diff/2`, /nginx:1\.30/],
    tasks: ['/console/local/tasks', new RegExp(runningTask.slice(0, 8))],
    task: [`${cluster}/tasks/${runningTask}`, /last line/],
    stopped: [`${cluster}/tasks/${stoppedTask}`, /No lines: of a simulated/],
    terminal: [`${cluster}/tasks/${runningTask}/terminal`, /Terminal/],
    taskdefs: ['/console/local/taskdefs', /web/],
    taskdef: ['/console/local/taskdefs/web:1', /Execution role/],
    newtaskdef: ['/console/local/new/taskdef?from=web:1', /Plan/],
    newservice: ['/console/local/new/service', /The plan of the changes appears here/],
    clusters: ['/console/local/clusters', /prod/],
    cluster: [cluster, /has reached a steady state/],
    audit: ['/console/admin/audit', /created the token portal/],
    tokens: ['/console/admin/tokens', /portal/],
    missing: ['/console/local/clusters/prod/nothing/here', /There is no such page/],
  }
}

/** Opens the menu of the rare actions on a service's page. */
export const openServiceMenu = (page: Page) => page.getByRole('main').locator('.menu > summary').click()

/** Waits until the page shows the text in its main part. */
export async function waitForText(page: Page, text: RegExp): Promise<void> {
  await page.getByRole('main').filter({ hasText: text }).waitFor()
}

/** Waits until the page shows a plan that contains the text. */
export const waitForPlan = (page: Page, text: RegExp) =>
  page.getByRole('region', { name: 'Plan' }).filter({ hasText: text }).waitFor()

/** Waits until the button can be used, and clicks it. */
export const clickOnceEnabled = (button: Locator) =>
  button.and(button.page().locator('[aria-disabled="false"]')).click()

/** Fails the test when the API rejects the request. */
export async function requireSuccess(request: Promise<{ status: number; text: string }>): Promise<void> {
  const { status, text } = await request
  assert.ok(status < 300, text)
}

/** Opens every folded part of the page's main part. */
export async function openAllDetails(page: Page): Promise<void> {
  await page.evaluate("for (const each of document.querySelectorAll('main details')) each.open = true")
}

/** Sends the request of a route to the gateway without its ETag, so that the response is no 304. */
export const fetchWithoutEtag = (route: Route) =>
  route.fetch({ headers: { ...route.request().headers(), 'if-none-match': '' } })

/** Hides from the pages of a profile that containers are simulated: those have no shell, and few print lines. */
export async function hideSimulation(profile: BrowserContext): Promise<void> {
  const change = (pattern: RegExp, changed: (body: { items: object[] }) => object) =>
    profile.route(pattern, async (route) => {
      const response = await fetchWithoutEtag(route)
      await route.fulfill({ response, json: changed(await response.json()) })
    })
  await change(/\/v1\/.*\/tasks\/[0-9a-f]+$/, (task) => ({ ...task, attributes: [] }))
  await change(/\/v1\/ecs\/accounts$/, (list) => ({
    ...list,
    items: list.items.map((account) => ({ ...account, runtime: 'docker' })),
  }))
}
