// Once a second sends a body of almost 1 MiB that has only unknown fields.
import { setTimeout as pause } from 'node:timers/promises'
import { send } from './attack.ts'

// A little below the number of values that a body may have.
const body = `{${Array.from({ length: 9_900 }, (_, i) => `"${'unknown'.repeat(6)}${i}":${i}`).join(',')}}`

for (;;) {
  const answer = await send(
    { method: 'POST', path: '/v1/ecs/local/taskdefs', headers: { 'content-type': 'application/json' }, body },
    400,
  )
  await answer.resume().toArray()
  await pause(1000)
}
