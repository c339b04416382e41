/**
 * What runs a task's containers: a handful of verbs. The engine decides, remembers and tells; a runtime only does, and says what it sees.
 *
 * - Every verb may be repeated: a process dies between any two lines, and the verb is said again after the restart.
 * - A verb that fails throws a RuntimeFault whose reason is what a person reads in the task, in the form that ECS gives it.
 * - Everything of a task is named by the task's id, so that it is found again without a memory of its own.
 * - A task is one network namespace: all its containers share one address, as `awsvpc` has it.
 */

import type { Writable } from 'node:stream'
import type { ContainerDefinition, NetworkBinding, Volume } from '@aws-sdk/client-ecs'
import type { Wire } from '@ecs-api/ecs-model'

export type RuntimeName = 'simulated' | 'docker' | 'podman'

export interface TaskSpec {
  /** 32 hexadecimal digits: the last segment of the task's ARN. */
  id: string
  /** What a container's labels tell of it, as on ECS. */
  arn: string
  clusterArn: string
  /** `web:7` */
  definition: string
  network: {
    /** The IPv4 address of the task's network namespace. */
    address: string
    /** What its containers call themselves. */
    hostname: string
    /** The range that the address is from. */
    subnet: { id: string; cidr: string }
  }
  platform: { operatingSystem: string; cpuArchitecture: string }
  /** Of the whole task: 1024 units are one vCPU; MiB. Undefined where the definition has none. */
  cpu?: number
  memoryMiB?: number
  /** The definition's containers with the task's overrides applied. */
  containers: readonly Wire<ContainerDefinition>[]
  volumes: readonly Wire<Volume>[]
  /** The containers see each other's processes. */
  sharesProcesses: boolean
}

/** What a runtime needs of the engine's other services. */
export interface ContainerServices {
  /**
   * What a container's environment has beside what its definition says: the values of its `secrets`, where its metadata are. Asked before it is made.
   * @throws RuntimeFault `ResourceInitializationError: …` where a value can't be had.
   */
  environment(
    task: TaskSpec,
    container: Wire<ContainerDefinition>,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, string>>
  /** What its `repositoryCredentials` name. @throws RuntimeFault likewise. */
  registryCredentials(
    task: TaskSpec,
    container: Wire<ContainerDefinition>,
    signal: AbortSignal,
  ): Promise<{ username: string; password: string } | undefined>
  /** Where its output goes; undefined where nobody keeps it. */
  logSink(task: TaskSpec, container: Wire<ContainerDefinition>): LogSink | undefined
  /** The task's network is there, and nothing runs in it yet. May be said again. */
  prepared?(task: TaskSpec, namespace: TaskNamespace): Promise<void>
}

export interface LogSink {
  /** The position of the last line that was taken in an earlier run of the engine. */
  after?: string
  /** Takes lines in their order; what comes after is held back until it resolves. */
  take(lines: readonly LogLine[]): void | Promise<void>
}

export interface TaskNamespace {
  /** Of the process that holds the task's network namespace, on this machine. */
  pid: number
  address: string
  /** This machine's own address in the tasks' network. */
  gateway: string
}

/** A command that runs in a container, with a terminal. */
export interface ExecSession {
  /** Takes the bytes that are typed. */
  input: Writable
  /** The bytes that the terminal shows. It ends with the command. @throws RuntimeFault where the command could not be started or the runtime is gone. */
  output: AsyncIterable<Uint8Array>
  resize(size: { rows: number; columns: number }): Promise<void>
  /** Once it has ended; undefined where the runtime does not know it. */
  exitCode(): Promise<number | undefined>
  /**
   * Ends the command and the other processes of its terminal: SIGHUP, and SIGKILL for those that are still there a second later. Without root on
   * the machine whose kernel runs them, it only closes the terminal.
   */
  hangUp(): Promise<void>
}

/** What a container has used since it started, and uses now. */
export interface ContainerStats {
  cpuNanoseconds: number
  memoryBytes: number
  memoryLimitBytes: number
  /** In the form of Docker's API, as the task metadata endpoint shows it. */
  docker: Readonly<Record<string, unknown>>
}

export interface PullProgress {
  /** Of the image, where it is known before it is there. */
  digest?: string
  /** Bytes; the total may grow while layers become known. */
  current: number
  total: number
}

/** What there is to see of a container. */
export type ContainerObservation =
  | { state: 'waiting' }
  /** `since`, `at`: milliseconds since 1970. `health` where the definition has a check. */
  | { state: 'running'; since: number; health?: 'UNKNOWN' | 'HEALTHY' | 'UNHEALTHY' }
  /** `since` is missing of one that was not seen running, `exitCode` where the runtime could not learn it. */
  | { state: 'exited'; since?: number; at: number; exitCode?: number; reason?: string }

/** What there is to see of a task. The revision goes up with every change. */
export interface TaskObservation {
  revision: number
  containers: ReadonlyMap<string, ContainerObservation>
}

export interface Runtime {
  readonly name: RuntimeName
  /** The range that every task's address is from, where addresses are real: `10.77.0.0/16`. */
  readonly addresses?: string

  /**
   * Makes what the task's containers share: the network namespace with its address, the volumes.
   * Answers the ports that are published on the host, by container; none where the address itself can be reached.
   * @param onInterface told when the network interface is there, and not yet of use
   */
  prepare(
    task: TaskSpec,
    signal: AbortSignal,
    onInterface?: () => void,
  ): Promise<ReadonlyMap<string, Wire<NetworkBinding>[]>>
  /** Gets the container's image. Answers its digest (`sha256:…`) where the runtime knows one. */
  pull(
    task: TaskSpec,
    container: string,
    signal: AbortSignal,
    onProgress?: (progress: PullProgress) => void,
  ): Promise<{ digest?: string }>
  /** Resolves when the container runs. Does nothing when it has run before. */
  start(task: TaskSpec, container: string, signal: AbortSignal): Promise<void>
  /** What is seen of the task as soon as that is newer than the revision: at once without one. Rejects only when the signal aborts. */
  wait(task: TaskSpec, newerThan: number | undefined, signal: AbortSignal): Promise<TaskObservation>
  /** SIGTERM (or the image's own stop signal), and SIGKILL when the grace is over. Resolves when the container has ended. */
  stop(task: TaskSpec, container: string, graceMs: number): Promise<void>
  /** Frees everything of the task. No container of it may be running. */
  remove(task: TaskSpec): Promise<void>
  /**
   * Once, after a start of the engine: these tasks are there as far as the engine knows; whatever else of an earlier run is left is removed.
   * `sights` has what the engine last saw of each container: one that was seen running and is not there any more has exited meanwhile, without
   * an exit code if that can't be learned.
   */
  adopt(tasks: readonly { task: TaskSpec; observed: ReadonlyMap<string, ContainerObservation> }[]): Promise<void>
  /** What the container wrote, oldest first, in portions as they come; with `follow` also what it goes on to write until it ends. Missing where containers write nothing. */
  logs?(
    task: TaskSpec,
    container: string,
    options: { after?: string; follow: boolean; signal: AbortSignal },
  ): AsyncIterable<readonly LogLine[]>
  /** Missing where containers use nothing. */
  stats?(task: TaskSpec, container: string): Promise<ContainerStats>
  /** Starts a command in the running container, as root. Missing where there is nothing to run it. @throws RuntimeFault where it could not be started. */
  exec?(task: TaskSpec, container: string, command: readonly string[]): Promise<ExecSession>
  /** Where the task's network is; missing where it is none. */
  namespace?(task: TaskSpec): Promise<TaskNamespace>
  /** Lets go of everything without ending a container. */
  close(): Promise<void>
}

export interface LogLine {
  /** Milliseconds since 1970. */
  at: number
  stream: 'stdout' | 'stderr'
  text: string
  /** Where it stands in the container's output: `logs` goes on after it. */
  position: string
}

/** The runtime could not do it. The reason begins with ECS's name for the kind: `CannotPullContainerError: …`. */
export class RuntimeFault extends Error {
  override name = 'RuntimeFault'
}

/** @throws Error where the task has no container of this name: a fault of the engine */
export function definitionOf(task: TaskSpec, container: string): TaskSpec['containers'][number] {
  const definition = task.containers.find(({ name }) => name === container)
  if (!definition) throw new Error(`task ${task.id} has no container ${container}`)
  return definition
}
