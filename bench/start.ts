/** The time from the start of the gateway's process to its first response, and its memory then. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Figure } from './figures.ts'
import { startGateway, tokenHeaders } from './gateway.ts'
import { launcherPath, packagedLauncherPath, startProgram } from './process.ts'

const barePeer = fileURLToPath(new URL('./peers/bare-start.ts', import.meta.url))
const compileCache = fileURLToPath(new URL('../packages/cli/node_modules/.cache/ecs-api', import.meta.url))

export async function startBench(): Promise<Figure[]> {
  const coldMs: number[] = []
  const warmMs: number[] = []
  const residentMiBs: number[] = []
  const bareMs: number[] = []
  const packaged = { coldMs: [] as number[], warmMs: [] as number[], residentMiBs: [] as number[] }
  const packageFolder = mkdtempSync(join(tmpdir(), 'ecs-api-bench-package-'))
  const packageLauncher = packagedLauncherPath(packageFolder)
  const packageCache = join(packageFolder, 'ecs-api/node_modules')
  for (let run = 0; run < 3; run++) {
    for (const cache of [compileCache, packageCache]) rmSync(cache, { recursive: true, force: true })
    coldMs.push((await gatewayStart(launcherPath)).ms)
    packaged.coldMs.push((await gatewayStart(packageLauncher)).ms)
  }
  await bareStartMs()
  for (let run = 0; run < 7; run++) {
    const { ms, residentMiB } = await gatewayStart(launcherPath)
    warmMs.push(ms)
    residentMiBs.push(residentMiB)
    const packageStart = await gatewayStart(packageLauncher)
    packaged.warmMs.push(packageStart.ms)
    packaged.residentMiBs.push(packageStart.residentMiB)
    bareMs.push(await bareStartMs())
  }
  rmSync(packageFolder, { recursive: true })
  const ratioGoal = { words: '≤ 2', isMet: (ratio: number) => ratio <= 2 }
  return [
    { name: 'start to first answered request, cold compile cache', unit: 'ms', values: coldMs },
    {
      name: 'start to first answered request, warm compile cache',
      unit: 'ms',
      values: warmMs,
      goal: { words: '≤ 600 ms', isMet: (ms) => ms <= 600 },
    },
    { name: '… a bare process with Fastify and the ECS client, warm', unit: 'ms', values: bareMs },
    {
      name: 'gateway ÷ bare process',
      unit: 'ratio',
      values: warmMs.map((ms, i) => ms / bareMs[i]!),
      goal: ratioGoal,
    },
    {
      name: 'resident memory after it',
      unit: 'MiB',
      values: residentMiBs,
      goal: { words: '≤ 130 MB', isMet: (mib) => mib * 1.048576 <= 130 },
    },
    { name: 'the published package: start with a cold compile cache', unit: 'ms', values: packaged.coldMs },
    { name: '… with a warm one', unit: 'ms', values: packaged.warmMs },
    {
      name: '… ÷ bare process',
      unit: 'ratio',
      values: packaged.warmMs.map((ms, i) => ms / bareMs[i]!),
      goal: ratioGoal,
    },
    { name: '… resident memory', unit: 'MiB', values: packaged.residentMiBs },
  ]
}

/** Milliseconds from the start of the bare process to its first response. */
async function bareStartMs(): Promise<number> {
  const startedAt = performance.now()
  const bare = await startProgram(barePeer)
  await (await fetch(bare.url)).text()
  const ms = performance.now() - startedAt
  await bare.stop()
  return ms
}

/** The time from the start of the gateway to its first response, and its memory then. */
async function gatewayStart(script: string): Promise<{ ms: number; residentMiB: number }> {
  const startedAt = performance.now()
  const gateway = await startGateway({}, script)
  const response = await fetch(`${gateway.url}/v1/ecs/local/clusters`, { headers: tokenHeaders })
  await response.json()
  const ms = performance.now() - startedAt
  if (!response.ok) throw new Error(`the first response has the status ${response.status}`)
  const residentMiB = gateway.residentMiB()
  await gateway.stop()
  return { ms, residentMiB }
}
