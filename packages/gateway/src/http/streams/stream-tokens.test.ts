import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openEventReader } from '../../testing/event-reader.ts'
import { startTestProgram } from '../../testing/program.ts'
import { sumOfSamples } from '../../testing/samples.ts'

test('a stream ends when its token is revoked', async (t) => {
  const program = await startTestProgram()
  t.mock.timers.enable({ apis: ['setInterval'] })
  await program.api.put('/local/clusters/prod', {})
  const token = await program.newToken({ name: 'watcher', role: 'viewer' })
  // `program.api` sends the administrator's token and completes its paths; the stream needs its whole URL and its
  // token.
  const reader = await openEventReader(`${(await program.listen()).url}/v1/ecs/local/clusters/prod`, {
    authorization: `Bearer ${token}`,
  })
  await reader.waitForEvent(({ event }) => event === 'state')
  // The gateway checks the tokens of open streams every 15 s.
  t.mock.timers.tick(15_000)
  await program.api.delete('/tokens/watcher')
  t.mock.timers.tick(15_000)
  await reader.ended
  assert.deepEqual(
    reader.events.map(({ event, data }) => [event, data.code ?? data.name]),
    [
      ['state', 'prod'],
      ['end', 'Unauthorized'],
    ],
  )
  assert.equal(
    sumOfSamples((await program.api.get('/metrics')).text, 'ecs_api_streams_ended_total', { reason: 'token_not_good' }),
    1,
  )
})
