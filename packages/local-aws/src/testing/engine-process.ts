/** The engine's command as a process of its own, to be killed. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'

const command = fileURLToPath(new URL('./run-command.ts', import.meta.url))

export interface EngineProcess {
  url: string
  /** As a power cut would. */
  kill(): Promise<void>
  /** As an operator would. @returns the exit code */
  stop(): Promise<number | null>
  /** Sends the signal, and does not wait for the end. */
  signal(signal: NodeJS.Signals): void
}

/** Starts it and waits until it listens. It is gone after the test, whatever happens. */
export async function engineProcess(t: TestContext, ...words: string[]): Promise<EngineProcess> {
  const child = spawn(
    process.execPath,
    [command, '--port', '0', ...(words.includes('--runtime') ? [] : ['--runtime', 'simulated']), ...words],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  t.after(() => ended(child, 'SIGKILL'))
  const lines = createInterface({ input: child.stdout })
  const [url] = (await Promise.race([
    once(lines, 'line'),
    once(child, 'exit').then(() => Promise.reject(new Error('the engine ended at its start'))),
  ])) as [string]
  return {
    url,
    kill: async () => {
      await ended(child, 'SIGKILL')
    },
    stop: () => ended(child, 'SIGTERM'),
    signal: (signal) => void child.kill(signal),
  }
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const exit = once(child, 'exit')
    child.kill(signal)
    await exit
  }
  return child.exitCode
}
