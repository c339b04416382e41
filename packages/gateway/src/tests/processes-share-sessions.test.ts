/**
 * Several processes on one PostgreSQL: a browser that signs in at one of them is signed in at all, until it signs out.
 */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createTestBrowser } from '../testing/browser.ts'
import { openEventReader } from '../testing/event-reader.ts'
import { skipWithoutPostgres, startPostgres, storeOn } from '../testing/postgres.ts'
import { startTestProgram } from '../testing/program.ts'

const skip = skipWithoutPostgres
const postgres = skip ? undefined : await startPostgres()
const store = storeOn(postgres?.newUrl() ?? '')
const programs = skip ? [] : [await startTestProgram({ store }), await startTestProgram({ store })]
after(() => postgres?.stop())
const origins = await Promise.all(programs.map(async ({ listen }) => new URL((await listen()).url).origin))
const [here, there] = origins as [string, string]

/**
 * The headers of the browser for another process. In operation both processes have one address. Here they have several
 * ports, and the name of the cookie contains the port.
 */
function headersAt(origin: string, browser: ReturnType<typeof createTestBrowser>): Record<string, string> {
  const [value] = browser.cookies.values()
  return { cookie: `ecs-api-session-${new URL(origin).port}=${value}`, 'x-csrf-token': browser.csrfToken! }
}

test('a browser that signed in at one process is signed in at the other, and signing out ends its stream there', {
  skip,
}, async () => {
  const browser = createTestBrowser(here)
  assert.equal(await browser.signIn({ token: await programs[0]!.newToken({ name: 'person', role: 'operator' }) }), 201)
  const headers = headersAt(there, browser)
  assert.equal((await fetch(`${there}/v1/ecs/me`, { headers })).status, 200)
  await programs[1]!.api.put('/local/clusters/prod', {})
  const stream = await openEventReader(`${there}/v1/ecs/local/clusters/prod`, headers)
  await stream.waitForEvent(({ event }) => event === 'state')
  assert.equal((await browser.fetch('DELETE', '/session')).status, 200)
  assert.equal((await fetch(`${there}/v1/ecs/me`, { headers })).status, 401)
  await stream.ended
  assert.deepEqual([stream.events.at(-1)?.event, stream.events.at(-1)?.data.code], ['end', 'Unauthorized'])
})

test('a one-time code signs in once, no matter at which process', { skip }, async () => {
  const value = await programs[0]!.newToken({ name: 'maker', role: 'viewer' })
  for (let turn = 0; turn < 5; turn++) {
    const headers = { authorization: `Bearer ${value}` }
    const made = await fetch(`${here}/session/codes`, { method: 'POST', headers })
    const { oneTimeCode } = (await made.json()) as { oneTimeCode: string }
    const statuses = await Promise.all([here, there, here].map((at) => createTestBrowser(at).signIn({ oneTimeCode })))
    assert.deepEqual(statuses.sort(), [201, 401, 401])
  }
})
