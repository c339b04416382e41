// Sends a body that has only unknown fields, about 500 kB, once a second.
import { setTimeout as pause } from 'node:timers/promises'
import { send } from './attack.ts'

// A body may have 10,000 values.
const body = `{${Array.from({ length: 9_900 }, (_, i) => `"${'unknown'.repeat(6)}${i}":${i}`).join(',')}}`

for (;;) {
  const answer = await send(
    { method: 'POST', path: '/v1/ecs/local/taskdefs', headers: { 'content-type': 'application/json' }, body },
    400,
  )
  await answer.resume().toArray()
  await pause(1000)
}
