/** When a token is revoked or rotated, its open streams and waits end at once with the code Unauthorized. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openEventReader } from '../testing/event-reader.ts'
import { startTestProgram } from '../testing/program.ts'

const { api, newAccount, newToken, listen } = await startTestProgram({ engine: { pace: 'real' } })
const { url } = await listen()

for (const [change, end] of [
  ['revoked', (name: string) => api.delete(`/tokens/${name}`)],
  ['rotated', (name: string) => api.post(`/tokens/${name}/rotate`)],
] as const)
  test(`a token that is ${change} loses its streams and its waits`, async () => {
    const account = await newAccount({ defaults: { subnets: ['subnet-0a1b2c3d'] } })
    await api.post(`/${account}/clusters`, { name: 'prod' })
    await api.post(`/${account}/taskdefs`, { family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx' }] })
    const name = `held-${change}`
    const headers = { authorization: `Bearer ${await newToken({ name, role: 'operator' })}` }
    const reader = await openEventReader(`${url}/v1/ecs/${account}/clusters/prod`, headers)
    await reader.waitForEvent(({ event }) => event === 'state')
    const waiting = fetch(`${url}/v1/ecs/${account}/clusters/prod/tasks?wait=STOPPED&timeout=900`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ taskDefinition: 'web' }),
    })
    await reader.waitForEvent(
      ({ data }) => Number(data.pendingTasksCount ?? 0) + Number(data.runningTasksCount ?? 0) === 1,
    )

    await end(name)
    await reader.ended
    assert.deepEqual([reader.events.at(-1)?.event, reader.events.at(-1)?.data.code], ['end', 'Unauthorized'])
    const answer = await waiting
    const body = (await answer.json()) as { code: string; detail: string }
    assert.deepEqual([answer.status, body.code], [401, 'Unauthorized'])
    assert.match(body.detail, /goes on without the wait/)
  })
