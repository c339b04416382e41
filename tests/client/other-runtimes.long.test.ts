// The checks that also run in Node (behaviour.test.ts), here in Deno and Bun. The transport over node:http is for Node;
// Bun's node:http also passes. That of Deno 2.9.6 sends a request over the connection of a destroyed response.
import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { checks } from '../../packages/client/src/testing/behaviour.ts'
import { startBehaviourGateway } from './behaviour-gateway.ts'

const runs = [
  { runtime: 'deno', args: ['run', '--allow-all', '--no-config', '--no-lock', '--ext=ts', '-'], transport: 'fetch' },
  { runtime: 'bun', args: ['run', '-'], transport: 'fetch' },
  { runtime: 'bun', args: ['run', '-'], transport: 'node' },
] as const

const moduleUrl = (path: string) => new URL(`../../packages/client/src/${path}`, import.meta.url).href

/** A program that runs all checks, and prints the name of each one that passed. */
const programFor = (gateway: object, transport: 'fetch' | 'node') => `
  import { checks } from '${moduleUrl('testing/behaviour.ts')}'
  import { nodeTransport } from '${moduleUrl('node/index.ts')}'
  const gateway = ${JSON.stringify(gateway)}
  const transport = ${transport === 'node' ? '{ transport: nodeTransport() }' : '{}'}
  for (const [name, check] of Object.entries(checks)) {
    await check({ ...gateway, ...transport })
    console.log(name)
  }
  process.exit(0)`

for (const { runtime, args, transport } of runs) {
  const isInstalled = spawnSync(runtime, ['--version']).status === 0
  const skip = isInstalled ? false : `there is no ${runtime} on the PATH (npm: ${runtime})`
  test(`the checks of the client pass in ${runtime} (${transport})`, { skip, timeout: 300_000 }, async () => {
    const { port, token } = await startBehaviourGateway()
    const gateway = { url: `http://127.0.0.1:${port}`, token, prefix: `${runtime}-${transport}` }
    const running = promisify(execFile)(runtime, args, { env: { PATH: process.env.PATH } })
    running.child.stdin!.end(programFor(gateway, transport))
    const { stdout } = await running
    assert.deepEqual(stdout.trim().split('\n'), Object.keys(checks))
  })
}
