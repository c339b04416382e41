/**
 * `npm run dev`: runs the gateway, and starts it again when a source that it has loaded changes. Beside it, vite serves
 * the console from its sources: pages reload when a source changes, and styles change without a reload.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { startDevServer } from '../packages/console/dev-server.ts'
import { readConfiguration } from '../packages/gateway/src/config/read.ts'

const pathOf = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url))

const { values } = parseArgs({ options: { config: { type: 'string', short: 'c' } } })
const { listen, http } = await readConfiguration({ file: values.config, environment: process.env })
const host = listen.host.includes(':') ? `[${listen.host}]` : listen.host
const gatewayUrl = `${http.tls ? 'https' : 'http'}://${host}:${listen.port}`

const server = await startDevServer(gatewayUrl)
const { host: consoleHost } = new URL(server.resolvedUrls!.local[0]!)
console.log(`The console from its sources: http://${consoleHost}/. To sign in, open the address with the code there.\n`)

const gateway = spawn(
  process.execPath,
  ['--watch', '--watch-preserve-output', pathOf('packages/cli/src/main.ts'), 'serve', ...process.argv.slice(2)],
  { stdio: 'inherit' },
)
// A terminal sends Ctrl C to both processes. The gateway needs a moment for its containers.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => gateway.kill('SIGTERM'))
const [code] = await once(gateway, 'exit')
await server.close()
process.exitCode = code ?? 0
