/** The program as a process of its own, for behaviour that only a process shows: signals, exit codes, output. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { fileURLToPath } from 'node:url'

const launcher = fileURLToPath(new URL('../../../cli/bin/ecs-api.mjs', import.meta.url))

// A failed test leaves its processes behind, and a running child would keep the test file from ending.
const alive = new Set<ChildProcess>()
const killAll = () => {
  for (const child of alive) child.kill('SIGKILL')
}
// Outside the test runner (in bench/ and fuzz/) a hook would start it.
if (process.env.NODE_TEST_CONTEXT) after(killAll)
process.on('exit', killAll)

export interface Running {
  child: ChildProcess
  /** Everything printed so far. */
  output: () => { stdout: string; stderr: string }
  /** Resolves with the first match of `pattern` in the output. */
  until: (pattern: RegExp) => Promise<RegExpExecArray>
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
): Running {
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(ECS_API_|AWS_|NODE_)/.test(name)))
  // Without a configuration of the test's own only simulated tasks run, whatever the machine offers.
  const own = existsSync(join(folder, 'ecs-api.yaml')) || env.ECS_API_CONFIG !== undefined
  const simulated = own ? {} : { ECS_API_ACCOUNTS_LOCAL_MODE: 'local', ECS_API_ACCOUNTS_LOCAL_RUNTIME: 'simulated' }
  const child = spawn(process.execPath, [...node, script, ...args], {
    cwd: folder,
    env: { ...clean, ECS_API_LISTEN: '127.0.0.1:0', ...simulated, ...env },
    stdio: ['pipe', stdout ?? 'pipe', 'pipe'],
  })
  alive.add(child)
  child.on('close', () => alive.delete(child))
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
    until: (pattern) =>
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
export async function startService(
  options: Omit<StartOptions, 'script'>,
): Promise<Running & { url: string; token: string }> {
  const running = startCli(['serve'], options)
  const [, url = ''] = await running.until(/^(https?:\S+)\n[\s\S]*token: /m)
  const token = options.env?.ECS_API_TOKEN ?? (await readFile(join(options.folder, 'data', 'token'), 'utf8')).trim()
  return { ...running, url, token }
}
