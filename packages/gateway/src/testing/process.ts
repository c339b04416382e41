/** Starts the program as a separate process, for tests of signals, exit codes and output. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { fileURLToPath } from 'node:url'

const launcher = fileURLToPath(new URL('../../../cli/bin/ecs-api.mjs', import.meta.url))

// A failed test leaves its processes behind, and a running child would keep the test file from ending.
const runningChildren = new Set<ChildProcess>()
const killAll = () => {
  for (const child of runningChildren) child.kill('SIGKILL')
}
// In bench/ and fuzz/ there is no test runner, and a hook would start one.
if (process.env.NODE_TEST_CONTEXT) after(killAll)
process.on('exit', killAll)

export interface RunningProcess {
  child: ChildProcess
  /** Everything printed so far. */
  output: () => { stdout: string; stderr: string }
  /** Resolves with the first match of `pattern` in the output. */
  waitForOutput: (pattern: RegExp) => Promise<RegExpExecArray>
  exit: Promise<{ code: number | null; signal: string | null }>
}

/** Creates a folder for a process to run in; `remove` deletes it. */
export async function newFolder(): Promise<{ folder: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'ecs-api-'))
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) }
}

interface StartOptions {
  folder: string
  env?: Record<string, string>
  /** Options for Node itself. */
  node?: string[]
  /** Runs another program than `ecs-api`. */
  script?: string
  /** A file descriptor that receives the standard output. */
  stdout?: number
}

/** Starts `ecs-api` in a folder with only these settings; the caller stops it. */
export function startCli(
  args: string[],
  { folder, env = {}, node = [], script = launcher, stdout }: StartOptions,
): RunningProcess {
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(ECS_API_|AWS_|NODE_)/.test(name)))
  // Without a configuration of the test, tasks are simulated, also on a machine with a container runtime.
  const hasConfiguration = existsSync(join(folder, 'ecs-api.yaml')) || env.ECS_API_CONFIG !== undefined
  const simulated = hasConfiguration
    ? {}
    : { ECS_API_ACCOUNTS_LOCAL_MODE: 'local', ECS_API_ACCOUNTS_LOCAL_RUNTIME: 'simulated' }
  const child = spawn(process.execPath, [...node, script, ...args], {
    cwd: folder,
    env: { ...clean, ECS_API_LISTEN: '127.0.0.1:0', ...simulated, ...env },
    stdio: ['pipe', stdout ?? 'pipe', 'pipe'],
  })
  runningChildren.add(child)
  child.on('close', () => runningChildren.delete(child))
  const printed = { stdout: '', stderr: '' }
  const watchers = new Set<() => void>()
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.setEncoding('utf8').on('data', (text: string) => {
      printed[stream] += text
      for (const watcher of watchers) watcher()
    })
  }
  const exit = new Promise<{ code: number | null; signal: string | null }>((resolve) =>
    child.on('close', (code, signal) => resolve({ code, signal })),
  )
  return {
    child,
    output: () => printed,
    exit,
    waitForOutput: (pattern) =>
      new Promise((resolve, reject) => {
        const check = () => {
          const match = pattern.exec(printed.stdout + printed.stderr)
          if (!match) return
          watchers.delete(check)
          resolve(match)
        }
        watchers.add(check)
        check()
        void exit.then(() =>
          reject(new Error(`the process ended before it printed ${pattern}: ${printed.stdout}${printed.stderr}`)),
        )
      }),
  }
}

/** Starts the service and returns its URL, token and process. */
export async function startGatewayProcess(
  options: Omit<StartOptions, 'script'>,
): Promise<RunningProcess & { url: string; token: string }> {
  const running = startCli(['serve'], options)
  const [, url = ''] = await running.waitForOutput(/^(https?:\S+)\n[\s\S]*token: /m)
  const token = options.env?.ECS_API_TOKEN ?? (await readFile(join(options.folder, 'data', 'token'), 'utf8')).trim()
  return { ...running, url, token }
}
