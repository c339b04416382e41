// The checks that also run in Node (behaviour.test.ts), here in Deno and Bun, with the global fetch and with node:http.
import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { checks } from '../../packages/client/src/testing/behaviour.ts'
import { testProgram } from '../../packages/gateway/src/testing/program.ts'
import { faultProxy } from '../fault-proxy.ts'

const runtimes = {
  deno: ['run', '--allow-all', '--no-config', '--no-lock', '--ext=ts', '-'],
  bun: ['run', '-'],
}

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

for (const [runtime, args] of Object.entries(runtimes)) {
  const isInstalled = spawnSync(runtime, ['--version']).status === 0
  const skip = isInstalled ? false : `there is no ${runtime} on the PATH (npm: ${runtime})`
  for (const transport of ['fetch', 'node'] as const)
    test(`the checks of the client pass in ${runtime} (${transport})`, { skip, timeout: 300_000 }, async () => {
      const { token, listen } = await testProgram()
      const proxy = await faultProxy((await listen()).url, {})
      after(proxy.close)
      const gateway = { url: `http://127.0.0.1:${proxy.port}`, token, prefix: `${runtime}-${transport}` }
      const running = promisify(execFile)(runtime, args, { env: { PATH: process.env.PATH } })
      running.child.stdin!.end(programFor(gateway, transport))
      const { stdout } = await running
      assert.deepEqual(stdout.trim().split('\n'), Object.keys(checks))
    })
}
