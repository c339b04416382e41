/** The time of whole commands, beside an empty Node process and curl. The commands run by turns. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Figure } from './figures.ts'
import { headers, makeService, startGateway } from './gateway.ts'
import { launcher } from './process.ts'

const runs = Number(process.env.RUNS ?? 15)
const services = 100

export async function cliBench(): Promise<Figure[]> {
  const gateway = await startGateway()
  await makeService(gateway)
  for (let i = 1; i < services; i++)
    await gateway.call('POST', '/local/clusters/bench/services', { name: `s${i}`, taskDefinition: 'web', count: 0 })
  const home = mkdtempSync(join(tmpdir(), 'ecs-api-bench-'))
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    ECS_API_URL: gateway.url,
    ECS_API_TOKEN: headers.authorization.replace('Bearer ', ''),
    ECS_API_ACCOUNT: 'local',
    ECS_API_CLUSTER: 'bench',
  }
  const node = (...args: string[]) => timeOf(process.execPath, args, env, home)
  const list = `${gateway.url}/v1/ecs/local/clusters/bench/services?limit=100`
  const commands = {
    'an empty Node process': () => node('-e', '0'),
    '--version': () => node(launcher, '--version'),
    '--help': () => node(launcher, '--help'),
    'services list of 100': () => node(launcher, 'services', 'list'),
    'the completion of a name': () => node(launcher, 'complete', '--', 'services', 'get', 's'),
    'curl of the same list': () =>
      timeOf('curl', ['-s', '-H', `authorization: ${headers.authorization}`, list], env, home),
  }
  const goals: Partial<Record<keyof typeof commands, number>> = {
    '--version': 80,
    '--help': 90,
    'services list of 100': 130,
    'the completion of a name': 150,
  }
  const times = new Map<string, number[]>(Object.keys(commands).map((name) => [name, []]))
  // Run -1 fills the compile cache and is not counted.
  for (let run = -1; run < runs; run++)
    for (const [name, command] of Object.entries(commands)) {
      const ms = await command()
      if (run >= 0) times.get(name)!.push(ms)
    }
  await gateway.stop()
  rmSync(home, { recursive: true })
  const floor = times.get('an empty Node process')!
  const curl = times.get('curl of the same list')!
  return Object.keys(commands).flatMap((name) => {
    const own = times.get(name)!
    const goal = goals[name as keyof typeof commands]
    const figure: Figure = {
      name,
      unit: 'ms',
      values: own,
      ...(goal !== undefined && { goal: { words: `≤ ${goal} ms`, met: (ms: number) => ms <= goal } }),
    }
    if (goal === undefined) return [figure]
    const ratio = (name: string, others: readonly number[]): Figure => ({
      name: `… ÷ ${name}`,
      unit: 'ratio',
      values: own.map((ms, i) => ms / others[i]!),
    })
    const ofList = name === 'services list of 100' ? [ratio('curl of the same list', curl)] : []
    return [figure, ratio('an empty Node process', floor), ...ofList]
  })
}

/** Milliseconds from the start of the command to its end. @throws Error when it fails */
async function timeOf(
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
