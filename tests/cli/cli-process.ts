/** Runs `ecs-api` against a gateway, through pipes. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after } from 'node:test'
import { fileURLToPath } from 'node:url'

export const launcherPath = fileURLToPath(new URL('../../packages/cli/bin/ecs-api.mjs', import.meta.url))

export interface CliResult {
  code: number | null
  stdout: string
  stderr: string
}

interface CliOptions {
  env?: Record<string, string>
  folder?: string
  stdin?: string
  /** Standard input stays open. */
  holdsStdin?: boolean
  /** The process gets `signal` after this output. */
  signalAfter?: RegExp
  /** Default: SIGINT. */
  signal?: 'SIGINT' | 'SIGTERM'
  onStart?: (child: ChildProcess) => void
}

/** Creates a temporary folder, and removes it after the tests of the file. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ecs-api-cli-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Environment variables for `ecs-api` without the settings of this machine. Profiles are stored in `home`. */
export function environmentWithHome(home: string, env: Record<string, string> = {}): Record<string, string> {
  return { PATH: process.env.PATH ?? '', HOME: home, XDG_CONFIG_HOME: join(home, 'config'), LANG: 'C.UTF-8', ...env }
}

interface RunOptions {
  /** All environment variables of the process. */
  env: Record<string, string>
  folder: string
  stdin?: string | undefined
  holdsStdin?: boolean | undefined
  signalAfter?: RegExp | undefined
  signal?: 'SIGINT' | 'SIGTERM' | undefined
  onStart?: ((child: ChildProcess) => void) | undefined
}

/** Runs `ecs-api` and waits for its end. */
export function runCli(
  args: readonly string[],
  { env, folder, stdin = '', holdsStdin = false, signalAfter, signal, onStart }: RunOptions,
): Promise<CliResult> {
  const child = spawn(process.execPath, [launcherPath, ...args], { cwd: folder, env, stdio: ['pipe', 'pipe', 'pipe'] })
  onStart?.(child)
  const output = { stdout: '', stderr: '' }
  let isSignalSent = false
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (part: string) => {
      output[name] += part
      if (isSignalSent || !signalAfter?.test(output.stdout + output.stderr)) return
      isSignalSent = true
      child.kill(signal ?? 'SIGINT')
    })
  // Writing fails when a command ends without reading stdin.
  child.stdin.on('error', () => {})
  if (!holdsStdin) child.stdin.end(stdin)
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, ...output })))
}

/** Runs a script of bash in which `ecs-api` is this repository's. @returns what it printed, without the last newline */
export async function runInBash(
  script: string,
  { env, folder, onStart }: Pick<RunOptions, 'env' | 'folder' | 'onStart'>,
): Promise<CliResult> {
  const functions = `ecs-api() { '${process.execPath}' '${launcherPath}' "$@"; }\n`
  const child = spawn('bash', ['-c', functions + script], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  onStart?.(child)
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { code, stdout: stdout.trimEnd(), stderr: stderr.trimEnd() }
}

/** @returns a function that runs `ecs-api` with profiles in `home`, by default in that folder */
export function cliWithHome(home: string, commonEnv: Record<string, string> = {}) {
  return (args: readonly string[], { env = {}, folder = home, ...more }: CliOptions = {}) =>
    runCli(args, { env: environmentWithHome(home, { ...commonEnv, ...env }), folder, ...more })
}
