// The page of a service while its tasks start and stop: one count of tasks, the same for eyes and for a screen reader.
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { consoleProgram, newProfile, signedInPage, skipReason, waitForText, webDefinition } from './console-browser.ts'

const skip = skipReason

const program = skip ? undefined : await consoleProgram()
const services = '/local/clusters/prod/services'
const pageOf = (name: string) => `/console${services}/${name}`

before(async () => {
  if (!program) return
  const { api } = program
  await api.post('/local/clusters', { name: 'prod' })
  const dockerLabels = (labels: Record<string, string>) => ({
    dockerLabels: Object.fromEntries(
      Object.entries(labels).map(([name, value]) => [`ecs-api.simulated.${name}`, value]),
    ),
  })
  await api.post('/local/taskdefs', webDefinition('slow', dockerLabels({ 'pull-delay': '4' })))
})

async function createService(name: string, taskDefinition: string, more: object = {}): Promise<void> {
  const { status, text } = await program!.api.post(`${services}?wait=STABLE`, {
    name,
    taskDefinition,
    count: 1,
    ...more,
  })
  assert.equal(status, 201, text)
}

test('a screen reader gets the whole sentence, without its durations', { skip, timeout: 300_000 }, async (t) => {
  const { url, token, api } = program!
  await createService('slow', 'slow')
  const page = await signedInPage(await newProfile(t, url), url, token)
  await page.goto(url + pageOf('slow'))
  await waitForText(page, /1 of 1 task running, steady for/)
  const announced = page.getByRole('status', { name: 'Change of state' })
  assert.equal((await api.patch(`${services}/slow`, { count: 3 })).status, 200)
  await announced.filter({ hasText: /^1 of 3 tasks running, 2 starting\.$/ }).waitFor()
  await announced.filter({ hasText: /^3 of 3 tasks running, steady\.$/ }).waitFor()
})
