/**
 * What runs a task's containers: a handful of verbs. The engine decides, remembers and tells; a runtime only does, and says what it sees.
 *
 * - Every verb may be repeated: a process dies between any two lines, and the verb is said again after the restart.
 * - A verb that fails throws a RuntimeFault whose reason is what a person reads in the task, in the form that ECS gives it.
 * - Everything of a task is named by the task's id, so that it is found again without a memory of its own.
 * - A task is one network namespace: all its containers share one address, as `awsvpc` has it.
 */

import type { ReadableWritablePair } from 'node:stream/web'
import type { ContainerDefinition, NetworkBinding } from '@aws-sdk/client-ecs'
import type { Wire } from '@ecs-api/ecs-model'

export type RuntimeName = 'simulated' | 'docker' | 'podman'

export interface TaskSpec {
  /** 32 hexadecimal digits: the last segment of the task's ARN. */
  id: string
  network: {
    /** The IPv4 address of the task's network namespace. */
    address: string
    /** The range that the address is from, and whose name in the runtime is the subnet's id. */
    subnet: { id: string; cidr: string }
  }
  platform: { operatingSystem: string; cpuArchitecture: string }
  /** Of the whole task: 1024 units are one vCPU; MiB. Undefined where the definition has none. */
  cpu?: number
  memoryMiB?: number
  /** The definition's containers with the task's overrides applied. */
  containers: readonly Wire<ContainerDefinition>[]
}

interface PullProgress {
  /** Bytes; the total may grow while layers become known. */
  current: number
  total: number
}

/** What there is to see of a container. */
export type ContainerSight =
  | { state: 'waiting' }
  /** `since`, `at`: milliseconds since 1970. `health` where the definition has a check. */
  | { state: 'running'; since: number; health?: 'UNKNOWN' | 'HEALTHY' | 'UNHEALTHY' }
  /** `exitCode` is missing where the runtime could not learn it. */
  | { state: 'exited'; at: number; exitCode?: number; reason?: string }

/** What there is to see of a task. The revision goes up with every change. */
export interface TaskSight {
  revision: number
  containers: ReadonlyMap<string, ContainerSight>
}

export interface Runtime {
  readonly name: RuntimeName

  /**
   * Makes what the task's containers share: the network namespace with its address, the volumes.
   * Answers the ports that are published on the host, by container; none where the address itself can be reached.
   */
  prepare(task: TaskSpec, signal: AbortSignal): Promise<ReadonlyMap<string, Wire<NetworkBinding>[]>>
  /** Gets the container's image. Answers its digest (`sha256:…`) where the runtime knows one. */
  pull(task: TaskSpec, container: string, signal: AbortSignal, onProgress?: (progress: PullProgress) => void): Promise<{ digest?: string }>
  /** Resolves when the container runs. Does nothing when it has run before. */
  start(task: TaskSpec, container: string, signal: AbortSignal): Promise<void>
  /** What is seen of the task as soon as that is newer than the revision: at once without one. Rejects only when the signal aborts. */
  wait(task: TaskSpec, newerThan: number | undefined, signal: AbortSignal): Promise<TaskSight>
  /** SIGTERM (or the image's own stop signal), and SIGKILL when the grace is over. Resolves when the container has ended. */
  stop(task: TaskSpec, container: string, graceMs: number): Promise<void>
  /** Frees everything of the task. No container of it may be running. */
  remove(task: TaskSpec): Promise<void>
  /**
   * Once, after a start of the engine: these tasks are there as far as the engine knows; whatever else of an earlier run is left is removed.
   * `sights` has what the engine last saw of each container: one that was seen running and is not there any more has exited meanwhile, without
   * an exit code if that can't be learned.
   */
  adopt(tasks: readonly { task: TaskSpec; sights: ReadonlyMap<string, ContainerSight> }[]): Promise<void>
  /** What the container wrote, oldest first, and what it goes on to write until the signal aborts. Missing where containers write nothing. */
  logs?(task: TaskSpec, container: string, options: { since?: number; signal: AbortSignal }): AsyncIterable<LogLine>
  /** What the container uses now. Missing where containers use nothing. */
  stats?(task: TaskSpec, container: string): Promise<{ cpuUnits: number; memoryBytes: number }>
  /** A command in the running container, with a terminal on both its ends. Resolves with its exit code. Missing where there is nothing to run it. */
  exec?(task: TaskSpec, container: string, command: readonly string[], terminal: ReadableWritablePair<Uint8Array, Uint8Array>): Promise<number>
  /** Lets go of everything without ending a container. */
  close(): Promise<void>
}

interface LogLine {
  /** Milliseconds since 1970. */
  at: number
  stream: 'stdout' | 'stderr'
  text: string
}

/** The runtime could not do it. The reason begins with ECS's name for the kind: `CannotPullContainerError: …`. */
export class RuntimeFault extends Error {
  override name = 'RuntimeFault'
}
