// Sends writes that a viewer is not permitted to make, on eight connections without a pause. Their paths and queries
// are as long as allowed.
import { send } from './attack.ts'

const query = Array.from({ length: 300 }, (_, i) => `${'q'.repeat(9)}${i}=v`)
  .join('&')
  .slice(0, 4000)

async function write(_: unknown, worker: number): Promise<void> {
  for (let i = 0; ; i++) {
    const cluster = `${worker}-${i}-`.padEnd(3500, 'c')
    const answer = await send({ method: 'DELETE', path: `/v1/ecs/local/clusters/${cluster}?${query}` }, 403, 429)
    await answer.resume().toArray()
  }
}

await Promise.all(Array.from({ length: 8 }, write))
