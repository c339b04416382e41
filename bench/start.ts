/** The time from the start of the gateway's process to its first response, and its memory then. */
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Figure } from './figures.ts'
import { headers, startGateway } from './gateway.ts'
import { startProgram } from './process.ts'

const barePeer = fileURLToPath(new URL('./peers/bare-start.ts', import.meta.url))
const compileCache = fileURLToPath(new URL('../packages/cli/node_modules/.cache/ecs-api', import.meta.url))

export async function startBench(): Promise<Figure[]> {
  const cold: number[] = []
  const warm: number[] = []
  const residentMiBs: number[] = []
  const bare: number[] = []
  for (let run = 0; run < 3; run++) {
    rmSync(compileCache, { recursive: true, force: true })
    cold.push((await gatewayStart()).ms)
  }
  await bareStartMs()
  for (let run = 0; run < 7; run++) {
    const { ms, residentMiB } = await gatewayStart()
    warm.push(ms)
    residentMiBs.push(residentMiB)
    bare.push(await bareStartMs())
  }
  return [
    { name: 'start to first answered request, cold compile cache', unit: 'ms', values: cold },
    {
      name: 'start to first answered request, warm compile cache',
      unit: 'ms',
      values: warm,
      goal: { words: '≤ 600 ms', met: (ms) => ms <= 600 },
    },
    { name: '… a bare process with Fastify and the ECS client, warm', unit: 'ms', values: bare },
    {
      name: 'gateway ÷ bare process',
      unit: 'ratio',
      values: warm.map((ms, i) => ms / bare[i]!),
      goal: { words: '≤ 2', met: (ratio) => ratio <= 2 },
    },
    {
      name: 'resident memory after it',
      unit: 'MiB',
      values: residentMiBs,
      goal: { words: '≤ 130 MB', met: (mib) => mib * 1.048576 <= 130 },
    },
  ]
}

/** Milliseconds from the start of the bare process to its first response. */
async function bareStartMs(): Promise<number> {
  const started = performance.now()
  const bare = await startProgram(barePeer)
  await (await fetch(bare.url)).text()
  const ms = performance.now() - started
  await bare.stop()
  return ms
}

/** The time from the start of the gateway to its first response, and its memory then. */
async function gatewayStart(): Promise<{ ms: number; residentMiB: number }> {
  const started = performance.now()
  const gateway = await startGateway()
  const answer = await fetch(`${gateway.url}/v1/ecs/local/clusters`, { headers })
  await answer.json()
  const ms = performance.now() - started
  if (!answer.ok) throw new Error(`the first request was answered with ${answer.status}`)
  const residentMiB = gateway.residentMiB()
  await gateway.stop()
  return { ms, residentMiB }
}
