/**
 * Every socket and server of a process has a listener of `error`: without one, an error such as a reset ends the
 * process.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from './random.ts'
import { attacks } from './raw-attacks.ts'
import { holdConnection } from './raw-connection.ts'
import { startTargets, type Targets } from './raw-targets.ts'

test('while hostile connections of every kind are open, each socket and server has an error listener', async () => {
  const targets = await startTargets()
  try {
    assert.deepEqual(await handlesWithoutListenerIn(targets), [])
  } finally {
    await targets.close()
  }
})

test('a server without an error listener is found', async () => {
  const planted = `import { createServer } from 'node:net'; const server = createServer(); server.listen(0, '127.0.0.1'); process.once('SIGTERM', () => process.exit())`
  const targets = await startTargets(['--import', `data:text/javascript,${encodeURIComponent(planted)}`])
  try {
    const found = await handlesWithoutListenerIn(targets)
    assert.equal(found.length, targets.processes.length)
    for (const one of found) assert.match(one, /server .*127\.0\.0\.1/)
  } finally {
    await targets.close()
  }
})

/** Lists handles without an error listener while the connections of all attacks are open. */
async function handlesWithoutListenerIn({ processes }: Targets): Promise<string[]> {
  const found = new Set<string>()
  for (const { name, targets, usage } of processes) {
    for (const target of targets) {
      for (let seed = 0; seed < 10; seed++) {
        const opened = Object.values(attacks).map((attack) => {
          const random = seededRandom(seed)
          return holdConnection(target.port, attack(random, random.pick(target.validRequests)))
        })
        const closers = await Promise.all(opened)
        for (const handle of (await usage()).handlesWithoutErrorListener) found.add(`${name}: ${handle}`)
        for (const close of closers) close()
      }
    }
  }
  return [...found]
}
