// Opens event streams without end, sixteen at the same time, also after rejections. It never reads or closes them.
import { send } from './attack.ts'

async function open(): Promise<void> {
  for (;;) {
    const answer = await send(
      { path: '/v1/ecs/local/clusters/mine', headers: { accept: 'text/event-stream' }, hasOwnConnection: true },
      200,
      429,
    )
    if (answer.statusCode === 200) answer.on('error', () => {}).pause()
    else await answer.resume().toArray()
  }
}

await Promise.all(Array.from({ length: 16 }, open))
