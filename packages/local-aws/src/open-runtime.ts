/** Chooses and opens the runtime of containers when the engine opens. */
import { existsSync } from 'node:fs'
import type { Clock } from './clock.ts'
import type { ContainerCallbacks, Runtime } from './runtimes/runtime.ts'
import { createSimulatedRuntime, type SimulatedPace, type SimulatedRuntime } from './runtimes/simulated.ts'

/**
 * `auto` uses a container runtime that answers, or else the simulated runtime. `docker` and `podman` require that
 * runtime. Any other value is the path or URL of a socket.
 */
export type RuntimeChoice = 'auto' | 'docker' | 'podman' | 'simulated' | (string & {})

export interface OpenedRuntime {
  runtime: Runtime
  simulated: SimulatedRuntime | undefined
  /** Removes all containers, even running ones. Undefined for simulated containers. */
  clear: (() => Promise<void>) | undefined
  /** A line for people about the runtime, printed at the start. */
  description: string
}

export interface OpenRuntimeDeps {
  choice: RuntimeChoice
  clock: Clock
  pace: SimulatedPace
  engineId: string
  callbacks: ContainerCallbacks
  onNotice: (text: string, taskArn?: string) => void
  onUnexpectedError: (error: unknown) => void
}

/** @throws Error when a runtime was chosen explicitly and does not answer. */
export async function openRuntime({
  choice,
  clock,
  pace,
  engineId,
  callbacks,
  onNotice,
  onUnexpectedError,
}: OpenRuntimeDeps): Promise<OpenedRuntime> {
  const foundRuntime =
    choice === 'simulated' ? undefined : await (await import('./runtimes/docker/find-runtime.ts')).findRuntime(choice)
  if (!foundRuntime) {
    const simulated = createSimulatedRuntime({ clock, pace, callbacks, onNotice })
    const reason = choice === 'auto' ? `, since neither Docker nor Podman answers${podmanHint()}` : ''
    return { runtime: simulated, simulated, clear: undefined, description: `containers are simulated${reason}` }
  }
  const { openDockerRuntime } = await import('./runtimes/docker/docker.ts')
  const runtime = await openDockerRuntime({
    foundRuntime,
    engineId,
    callbacks,
    now: clock.now,
    onNotice,
    onUnexpectedError,
  })
  const limitation =
    foundRuntime.isRootfulOnThisMachine && process.getuid?.() === 0
      ? ''
      : '; not as root on this machine, so that task addresses may be out of reach'
  return {
    runtime,
    simulated: undefined,
    clear: runtime.clear,
    description: `containers run on ${runtime.name} ${foundRuntime.version} (${foundRuntime.address}), at addresses in ${runtime.addressRange}${limitation}`,
  }
}

/** Podman listens on no socket by itself, so a person with Podman may wonder. */
function podmanHint({ PATH = '' }: NodeJS.ProcessEnv = process.env): string {
  const isInstalled = process.platform === 'linux' && PATH.split(':').some((folder) => existsSync(`${folder}/podman`))
  return isInstalled ? ' (`podman system service --time=0 &` lets Podman answer)' : ''
}
