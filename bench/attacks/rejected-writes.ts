// Sends writes that a viewer may not make, as fast as eight connections carry them, with the longest allowed paths and
// query names.
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
