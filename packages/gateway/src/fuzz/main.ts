// npm run fuzz -- [--requests N] [--seed N]: sends generated requests to every route; exits 1 when a response is wrong.
// npm run fuzz -- --raw [--connections N] [--seed N]: opens hostile connections to every port; exits 1 on any finding.

import { parseArgs } from 'node:util'
import { printEventLoopTurns } from './long-turns.ts'
import { startFuzzedProgram } from './program.ts'
import { fuzzRawFor } from './raw-main.ts'
import { fuzz } from './run.ts'

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '20000' },
    raw: { type: 'boolean', default: false },
    connections: { type: 'string', default: '50000' },
    seed: { type: 'string' },
  },
})
const [requests, connections] = [Number(values.requests), Number(values.connections)]
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31))
if (![requests, connections, seed].every(Number.isSafeInteger))
  throw new Error('--requests, --connections and --seed take whole numbers.')
if (values.raw) process.exit(await fuzzRawFor({ connections, seed }))
const { openapi, send, eventLoopTurns, close } = await startFuzzedProgram()
const started = performance.now()
const report = await fuzz(openapi, send, { requests, seed })
const longest = await eventLoopTurns()
await close()

const statuses = [...report.statuses].sort(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`)
console.log(
  `${report.requests} requests, seed ${seed}, ${((performance.now() - started) / 1000).toFixed(1)} s. ${statuses.join(', ')}`,
)
const missed = Object.entries(openapi.paths).flatMap(([route, item]) =>
  Object.keys(item)
    .map((method) => `${method.toUpperCase()} ${route}`)
    .filter((name) => !report.successfulRoutes.has(name)),
)
if (missed.length > 0) console.log(`Never answered with 2xx: ${missed.join(', ')}`)
printEventLoopTurns(longest, report.slowRequests)
for (const { request, status, fault, text } of report.findings.slice(0, 10))
  console.log(`\n✖ ${fault}\n  ${JSON.stringify(request).slice(0, 2000)}\n  ${status} ${text}`)
if (report.findings.length > 0) console.log(`\n${report.findings.length} findings.`)
process.exit(report.findings.length > 0 ? 1 : 0)
