/**
 * The interface of a runtime, which runs the containers of tasks. The engine decides and stores; a runtime executes,
 * and reports the states of containers that it observes.
 *
 * - Every method may be repeated: the process can end between any two statements, and the method is called again after
 *   the restart.
 * - A method that fails throws a RuntimeFault. Its message, in ECS's form, is shown as the reason why the task stopped.
 * - The names of all objects of a task contain the task's id, so that a runtime finds them again without stored state.
 * - A task is one network namespace: all its containers share one address, as with `awsvpc`.
 */

import type { Writable } from 'node:stream'
import type { ContainerDefinition, NetworkBinding, Volume } from '@aws-sdk/client-ecs'
import type { AwsJson } from '@ecs-api/ecs-model'

export type RuntimeName = 'simulated' | 'docker' | 'podman'

export interface TaskSpec {
  /** 32 hexadecimal digits: the last segment of the task's ARN. */
  id: string
  /** The task's labels on its containers contain these two ARNs, as on ECS. */
  arn: string
  clusterArn: string
  /** `web:7` */
  definition: string
  network: {
    /** The IPv4 address of the task's network namespace. */
    address: string
    /** The hostname of its containers. */
    hostname: string
    /** The subnet's range, which contains the address. */
    subnet: { id: string; cidr: string }
  }
  platform: { operatingSystem: string; cpuArchitecture: string }
  /** The limits of the whole task: CPU units (1024 are one vCPU) and MiB. Undefined when the definition has none. */
  cpu?: number
  memoryMiB?: number
  /** The definition's containers with the task's overrides applied. */
  containers: readonly AwsJson<ContainerDefinition>[]
  volumes: readonly AwsJson<Volume>[]
  /** Whether its containers share one process namespace. */
  sharesProcesses: boolean
}

/** The functions of the engine that a runtime calls for its containers. */
export interface ContainerCallbacks {
  /**
   * The variables that a container gets in addition to its definition: the values of its `secrets`, and the URLs of its
   * metadata and credentials. Called before the container is created.
   * @throws RuntimeFault `ResourceInitializationError: …` when a value cannot be fetched.
   */
  environment(
    task: TaskSpec,
    container: AwsJson<ContainerDefinition>,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, string>>
  /**
   * The credentials that `repositoryCredentials` refers to.
   * @throws RuntimeFault `ResourceInitializationError: …` when they cannot be fetched.
   */
  registryCredentials(
    task: TaskSpec,
    container: AwsJson<ContainerDefinition>,
    signal: AbortSignal,
  ): Promise<{ username: string; password: string } | undefined>
  /** The receiver of the container's output; undefined when the output is not kept. */
  logSink(task: TaskSpec, container: AwsJson<ContainerDefinition>): LogSink | undefined
  /** Called when the task's network exists and no container runs in it yet. May be called again. */
  onNetworkPrepared?(task: TaskSpec, namespace: TaskNamespace): Promise<void>
}

export interface LogSink {
  /** The position of the last line that was stored before a restart of the engine. */
  afterPosition?: string
  /** Stores lines in their order. The runtime sends the next lines only after the promise has resolved. */
  storeLines(lines: readonly LogLine[]): void | Promise<void>
}

export interface TaskNamespace {
  /** The process on this machine that holds the task's network namespace. */
  pid: number
  address: string
  /** This machine's own address in the tasks' network. */
  gateway: string
}

/** A command that runs in a container, with a terminal. */
export interface ExecSession {
  /** Receives the bytes that are typed. */
  input: Writable
  /**
   * The bytes that the terminal shows. The stream ends with the command.
   * @throws RuntimeFault when the command could not be started, or when the runtime has gone away.
   */
  output: AsyncIterable<Uint8Array>
  resize(size: { rows: number; columns: number }): Promise<void>
  /** The command's exit code, after its end. Undefined when the runtime does not know the code. */
  exitCode(): Promise<number | undefined>
  /**
   * Ends the command and the other processes of its terminal: they get SIGHUP, and SIGKILL if they still run a second
   * later. Without root on the machine whose kernel runs the processes, it only closes the terminal.
   */
  hangUp(): Promise<void>
}

/** The resources that a container has used since its start, and its present memory usage. */
export interface ContainerStats {
  cpuNanoseconds: number
  memoryBytes: number
  memoryLimitBytes: number
  /** The statistics in the form of Docker's API, which the task metadata endpoint shows. */
  docker: Readonly<Record<string, unknown>>
}

/** The resources that all containers of a task have used since their start, and their present memory usage. */
export interface TaskUsage {
  cpuNanoseconds: number
  /** Without the file cache that the kernel can drop. */
  memoryBytes: number
}

export interface PullProgress {
  /** The digest of the image, if it is known before the pull has finished. */
  digest?: string
  /** Bytes that were downloaded, and the total of bytes. The total may grow while layers become known. */
  current: number
  total: number
}

/** The observed state of a container. */
export type ContainerObservation =
  | { state: 'waiting' }
  /** `since` and `at` are milliseconds since 1970. `health` is set when the definition has a health check. */
  | { state: 'running'; since: number; health?: 'UNKNOWN' | 'HEALTHY' | 'UNHEALTHY' }
  /**
   * `since` is undefined when the container was never observed running. `exitCode` is undefined when the runtime does
   * not know it.
   */
  | { state: 'exited'; since?: number; at: number; exitCode?: number; reason?: string }

/** The observed states of a task's containers. The revision increases with every change. */
export interface TaskObservation {
  revision: number
  containers: ReadonlyMap<string, ContainerObservation>
}

/** An image that is on this machine, under one of its names. */
export interface LocalImage {
  /** The name as the runtime lists it, which a task definition can use: `localhost/web:1`. */
  name: string
  /** Milliseconds since 1970. */
  createdAt: number
  sizeBytes: number
}

export interface Runtime {
  readonly name: RuntimeName
  /** The range of all task addresses, where addresses are real: `10.77.0.0/16`. */
  readonly addressRange?: string

  /**
   * Creates the resources that the task's containers share: the network namespace with its address, and the volumes.
   * Returns the ports published on the host, by container.
   * @param onInterface called when the network interface exists but cannot be used yet
   */
  prepare(
    task: TaskSpec,
    signal: AbortSignal,
    onInterface?: () => void,
  ): Promise<ReadonlyMap<string, AwsJson<NetworkBinding>[]>>
  /** Pulls the container's image. Returns its digest (`sha256:…`) if the runtime knows one. */
  pull(
    task: TaskSpec,
    container: string,
    signal: AbortSignal,
    onProgress?: (progress: PullProgress) => void,
  ): Promise<{ digest?: string }>
  /** Resolves when the container runs. Does nothing when the container has run before. */
  start(task: TaskSpec, container: string, signal: AbortSignal): Promise<void>
  /**
   * Resolves with the task's observation once its revision is higher than `newerThan`, or at once when `newerThan` is
   * undefined. Rejects only when the signal aborts.
   */
  wait(task: TaskSpec, newerThan: number | undefined, signal: AbortSignal): Promise<TaskObservation>
  /**
   * Sends SIGTERM or the image's own stop signal, and SIGKILL after `graceMs`. Resolves when the container has ended.
   */
  stop(task: TaskSpec, container: string, graceMs: number): Promise<void>
  /** Removes all objects of the task. Its containers must have ended. */
  remove(task: TaskSpec): Promise<void>
  /**
   * Call once after a start of the engine, with all tasks that the engine knows. The runtime continues with these tasks
   * and removes all objects of other tasks.
   *
   * `observed` has the last observation of each container. A container that was running and no longer exists has exited
   * in the meantime.
   */
  adopt(tasks: readonly { task: TaskSpec; observed: ReadonlyMap<string, ContainerObservation> }[]): Promise<void>
  /**
   * The container's output, oldest lines first, in batches. With `follow` it continues until the container ends.
   * Undefined when containers have no output.
   */
  logs?(
    task: TaskSpec,
    container: string,
    options: { afterPosition?: string; follow: boolean; signal: AbortSignal },
  ): AsyncIterable<readonly LogLine[]>
  /** Undefined when the runtime has no statistics. */
  stats?(task: TaskSpec, container: string): Promise<ContainerStats>
  /**
   * The usage of a running task. The engine calls it for every task each minute. Undefined when there are no
   * statistics.
   */
  usage?(task: TaskSpec): Promise<TaskUsage>
  /**
   * Starts a command in the running container, as root. Undefined when the runtime cannot run commands.
   * @throws RuntimeFault when the command could not be started.
   */
  exec?(task: TaskSpec, container: string, command: readonly string[]): Promise<ExecSession>
  /** The task's network namespace. Undefined when tasks have no real network. */
  namespace?(task: TaskSpec): Promise<TaskNamespace>
  /**
   * The images on this machine, sorted by name. Undefined when the runtime needs no images.
   * @throws Error when the runtime does not answer
   */
  listImages?(): Promise<LocalImage[]>
  /**
   * Sentences for a plan (a change that is shown before it is made): what this runtime will do with the containers that
   * a user may not expect. No registry is asked.
   * @throws Error when the runtime does not answer
   */
  previewOf(containers: readonly AwsJson<ContainerDefinition>[]): Promise<string[]>
  /** Releases all resources of this process without ending a container. */
  close(): Promise<void>
}

export interface LogLine {
  /** Milliseconds since 1970. */
  time: number
  stream: 'stdout' | 'stderr'
  text: string
  /** The line's position in the container's output, from which `logs` can continue. */
  position: string
}

/** A failure of the runtime. The message begins with ECS's name for the failure: `CannotPullContainerError: …`. */
export class RuntimeFault extends Error {
  override name = 'RuntimeFault'
}

/** @throws Error when the task has no container of this name: a defect of the engine. */
export function containerDefinitionOf(task: TaskSpec, container: string): TaskSpec['containers'][number] {
  const definition = task.containers.find(({ name }) => name === container)
  if (!definition) throw new Error(`task ${task.id} has no container ${container}`)
  return definition
}

/**
 * The message for a container that became unhealthy. ECS has no such text; the gateway's diagnosis of a task parses it.
 */
export function failedHealthCheckText(taskId: string, container: string, failure: string): string {
  return `(task ${taskId}) (container ${container}) health check failed: ${failure}`
}
