/** Starts the measured programs as child processes. They end with the bench. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface RunningProgram {
  /** The URL in the first line of the program's output. */
  url: string
  child: ChildProcess
  /** Resident memory, MiB. */
  residentMiB: () => number
  /** Processor time used so far, seconds. */
  cpuSeconds: () => number
  stop: () => Promise<void>
}

export const launcherPath = fileURLToPath(new URL('../packages/cli/bin/ecs-api.mjs', import.meta.url))

/** Builds the published package of the program in a folder. @returns the path of its launcher */
export function packagedLauncherPath(folder: string): string {
  const script = fileURLToPath(new URL('../scripts/build-packages.ts', import.meta.url))
  execFileSync(process.execPath, [script, folder], { stdio: ['ignore', 'ignore', 'inherit'] })
  return join(folder, 'ecs-api/bin/ecs-api.mjs')
}

const runningChildren = new Set<ChildProcess>()
// A bench that throws leaves its programs running.
process.on('exit', () => {
  for (const child of runningChildren) child.kill('SIGKILL')
})

/** Starts a program and waits for its first line of output. */
export async function startProgram(
  script: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<RunningProgram> {
  const child = spawn(process.execPath, [script, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  runningChildren.add(child)
  child.once('exit', () => runningChildren.delete(child))
  const lines = createInterface({ input: child.stdout! })
  const [first] = (await Promise.race([
    once(lines, 'line'),
    once(child, 'exit').then(() => ['it ended before it printed a line']),
  ])) as [string]
  const url = /https?:\/\/\S+/.exec(first)?.[0]
  if (!url) throw new Error(`${script}: ${first}`)
  return {
    url,
    child,
    residentMiB: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024,
    cpuSeconds: () => {
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
      // utime and stime in clock ticks, a hundred a second (proc(5)).
      return (Number(fields[11]) + Number(fields[12])) / 100
    },
    stop: async () => {
      if (child.exitCode !== null) return
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}
