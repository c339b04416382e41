/** Runs `ecs-api` against a gateway, through pipes. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { fileURLToPath } from 'node:url'

export const launcher = fileURLToPath(new URL('../packages/cli/bin/ecs-api.mjs', import.meta.url))

export interface CliResult {
  code: number | null
  stdout: string
  stderr: string
}

interface CliOptions {
  env?: Record<string, string>
  folder?: string
  stdin?: string
  /** A signal is sent after this output. */
  endAfter?: RegExp
  /** Default: SIGINT. */
  endSignal?: 'SIGINT' | 'SIGTERM'
  onStart?: (child: ChildProcess) => void
}

/** A folder of its own, removed after the file's tests. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ecs-api-cli-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** An environment without settings of the machine; profiles are in `home`. */
export function cleanEnvironment(home: string, env: Record<string, string> = {}): Record<string, string> {
  return { PATH: process.env.PATH ?? '', HOME: home, XDG_CONFIG_HOME: join(home, 'config'), LANG: 'C.UTF-8', ...env }
}

interface RunOptions {
  /** All variables. */
  env: Record<string, string>
  folder: string
  stdin?: string | undefined
  endAfter?: RegExp | undefined
  endSignal?: 'SIGINT' | 'SIGTERM' | undefined
  onStart?: ((child: ChildProcess) => void) | undefined
}

/** Runs it to its end. */
export function runCli(
  args: readonly string[],
  { env, folder, stdin = '', endAfter, endSignal, onStart }: RunOptions,
): Promise<CliResult> {
  const child = spawn(process.execPath, [launcher, ...args], { cwd: folder, env, stdio: ['pipe', 'pipe', 'pipe'] })
  onStart?.(child)
  const printed = { stdout: '', stderr: '' }
  let isEnding = false
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      printed[name] += text
      if (isEnding || !endAfter?.test(printed.stdout + printed.stderr)) return
      isEnding = true
      child.kill(endSignal ?? 'SIGINT')
    })
  // A command that reads nothing may end first.
  child.stdin.on('error', () => {})
  child.stdin.end(stdin)
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, ...printed })))
}

/** @returns a function that runs `ecs-api` in one folder with these variables */
export function cliIn(home: string, common: Record<string, string> = {}) {
  return (args: readonly string[], { env = {}, folder = home, ...more }: CliOptions = {}) =>
    runCli(args, { env: cleanEnvironment(home, { ...common, ...env }), folder, ...more })
}
