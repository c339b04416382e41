/** What runs the containers: chosen when the engine opens. */
import type { Clock } from './clock.ts'
import type { ContainerServices, Runtime } from './runtimes/runtime.ts'
import { type Pace, type SimulatedRuntime, simulatedRuntime } from './runtimes/simulated.ts'

/** A container runtime that is there (`auto` takes a simulated one where there is none), a kind of it, `simulated`, or the path or URL of a socket. */
export type RuntimeChoice = 'auto' | 'docker' | 'podman' | 'simulated' | (string & {})

export interface OpenedRuntime {
  runtime: Runtime
  simulated: SimulatedRuntime | undefined
  /** Of real containers: removes all of them, whatever runs in them. */
  clear: (() => Promise<void>) | undefined
  /** What to say at the start. */
  told: string
}

export interface OpenRuntimeDeps {
  choice: RuntimeChoice
  clock: Clock
  pace: Pace
  engine: string
  services: ContainerServices
  onNotice: (text: string, taskArn?: string) => void
  onFault: (error: unknown) => void
}

/** @throws Error where a runtime that was asked for does not answer. */
export async function openRuntime({
  choice,
  clock,
  pace,
  engine,
  services,
  onNotice,
  onFault,
}: OpenRuntimeDeps): Promise<OpenedRuntime> {
  const found =
    choice === 'simulated' ? undefined : await (await import('./runtimes/docker/find-runtime.ts')).findRuntime(choice)
  if (!found) {
    const simulated = simulatedRuntime({ clock, pace, services })
    const why = choice === 'auto' ? ', since neither Docker nor Podman answers' : ''
    return { runtime: simulated, simulated, clear: undefined, told: `containers are simulated${why}` }
  }
  const { openDockerRuntime } = await import('./runtimes/docker/docker.ts')
  const runtime = await openDockerRuntime({ found, engine, services, now: clock.now, onNotice, onFault })
  const lacks =
    found.rootfulHere && process.getuid?.() === 0
      ? ''
      : '; not as root on this machine, so that task addresses may be out of reach'
  return {
    runtime,
    simulated: undefined,
    clear: runtime.clear,
    told: `containers run on ${runtime.name} ${found.version} (${found.address}), at addresses in ${runtime.addresses}${lacks}`,
  }
}
