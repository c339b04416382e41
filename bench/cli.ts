/**
 * The duration of `ecs-api` commands from start to end, compared with an empty Node process and curl. Each round runs
 * every command once, so that a slow moment of the machine affects all.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Figure } from './figures.ts'
import { makeService, startGateway, tokenHeaders } from './gateway.ts'
import { launcherPath, packagedLauncherPath } from './process.ts'

const measuredRuns = Number(process.env.RUNS ?? 15)
const serviceCount = 100

export async function cliBench(): Promise<Figure[]> {
  const gateway = await startGateway()
  await makeService(gateway)
  for (let i = 1; i < serviceCount; i++)
    await gateway.call('POST', '/local/clusters/bench/services', { name: `s${i}`, taskDefinition: 'web', count: 0 })
  const home = mkdtempSync(join(tmpdir(), 'ecs-api-bench-'))
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    ECS_API_URL: gateway.url,
    ECS_API_TOKEN: tokenHeaders.authorization.replace('Bearer ', ''),
    ECS_API_ACCOUNT: 'local',
    ECS_API_CLUSTER: 'bench',
  }
  const packageFolder = mkdtempSync(join(tmpdir(), 'ecs-api-bench-package-'))
  const packageLauncher = packagedLauncherPath(packageFolder)
  const nodeMs = (...args: string[]) => commandDurationMs(process.execPath, args, env, home)
  const listUrl = `${gateway.url}/v1/ecs/local/clusters/bench/services?limit=100`
  const measuredCommands = {
    'an empty Node process': () => nodeMs('-e', '0'),
    '--version': () => nodeMs(launcherPath, '--version'),
    '--help': () => nodeMs(launcherPath, '--help'),
    'services list of 100': () => nodeMs(launcherPath, 'services', 'list'),
    'the completion of a name': () => nodeMs(launcherPath, 'complete', '--', 'services', 'get', 's'),
    'the published package: --version': () => nodeMs(packageLauncher, '--version'),
    'the published package: services list of 100': () => nodeMs(packageLauncher, 'services', 'list'),
    'curl of the same list': () =>
      commandDurationMs('curl', ['-s', '-H', `authorization: ${tokenHeaders.authorization}`, listUrl], env, home),
  }
  const goals: Partial<Record<keyof typeof measuredCommands, number>> = {
    '--version': 80,
    '--help': 90,
    'services list of 100': 130,
    'the completion of a name': 150,
    'the published package: --version': 80,
    'the published package: services list of 100': 130,
  }
  const times = new Map<string, number[]>(Object.keys(measuredCommands).map((name) => [name, []]))
  // Run -1 fills the compile cache and is not counted.
  for (let run = -1; run < measuredRuns; run++)
    for (const [name, command] of Object.entries(measuredCommands)) {
      const ms = await command()
      if (run >= 0) times.get(name)!.push(ms)
    }
  await gateway.stop()
  rmSync(home, { recursive: true })
  rmSync(packageFolder, { recursive: true })
  const emptyProcessMs = times.get('an empty Node process')!
  const curlMs = times.get('curl of the same list')!
  return Object.keys(measuredCommands).flatMap((name) => {
    const commandMs = times.get(name)!
    const goal = goals[name as keyof typeof measuredCommands]
    const figure: Figure = {
      name,
      unit: 'ms',
      values: commandMs,
      ...(goal !== undefined && { goal: { words: `≤ ${goal} ms`, isMet: (ms: number) => ms <= goal } }),
    }
    if (goal === undefined) return [figure]
    const ratio = (name: string, comparedMs: readonly number[]): Figure => ({
      name: `… ÷ ${name}`,
      unit: 'ratio',
      values: commandMs.map((ms, i) => ms / comparedMs[i]!),
    })
    const curlRatio = name.endsWith('services list of 100') ? [ratio('curl of the same list', curlMs)] : []
    return [figure, ratio('an empty Node process', emptyProcessMs), ...curlRatio]
  })
}

/** Milliseconds from the start of the command to its end. @throws Error when it fails */
async function commandDurationMs(
  command: string,
  args: readonly string[],
  env: Record<string, string | undefined>,
  cwd: string,
): Promise<number> {
  const began = performance.now()
  const child = spawn(command, args, { env, cwd, stdio: ['ignore', 'ignore', 'inherit'] })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}`)
  return performance.now() - began
}
