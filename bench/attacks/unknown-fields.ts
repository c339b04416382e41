// Once a second a body of almost 1 MiB in which nothing but its form is right.
import { setTimeout as pause } from 'node:timers/promises'
import { send } from './attack.ts'

const body = `{${Array.from({ length: 40_000 }, (_, i) => `"unknown${i}":${i}`).join(',')}}`

for (;;) {
  const answer = await send({ method: 'POST', path: '/v1/ecs/local/taskdefs', headers: { 'content-type': 'application/json' }, body }, 400)
  await answer.resume().toArray()
  await pause(1000)
}
