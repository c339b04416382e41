/** The engine's command in a process of its own, for tests that kill it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'

const command = fileURLToPath(new URL('./run-command.ts', import.meta.url))

export interface EngineProcess {
  url: string
  /** Kills the process as a power cut would. */
  kill(): Promise<void>
  /** Stops the process as an operator does. @returns the exit code */
  stop(): Promise<number | null>
  /** Sends the signal without waiting for the exit. */
  signal(signal: NodeJS.Signals): void
}

/** Starts the process and waits until it listens. It is killed after the test. */
export async function startEngineProcess(t: TestContext, ...args: string[]): Promise<EngineProcess> {
  const child = spawn(
    process.execPath,
    [command, '--port', '0', ...(args.includes('--runtime') ? [] : ['--runtime', 'simulated']), ...args],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  t.after(() => endProcess(child, 'SIGKILL'))
  const lines = createInterface({ input: child.stdout })
  const [url] = (await Promise.race([
    once(lines, 'line'),
    once(child, 'exit').then(() => Promise.reject(new Error('the engine ended at its start'))),
  ])) as [string]
  return {
    url,
    kill: async () => {
      await endProcess(child, 'SIGKILL')
    },
    stop: () => endProcess(child, 'SIGTERM'),
    signal: (signal) => void child.kill(signal),
  }
}

async function endProcess(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const exit = once(child, 'exit')
    child.kill(signal)
    await exit
  }
  return child.exitCode
}
