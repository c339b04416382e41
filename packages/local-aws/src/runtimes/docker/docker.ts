/**
 * The runtime that runs tasks as real containers, over the API of Docker or Podman.
 *
 * The names and labels of objects are derived from engine, task and container, so that every object can be found again
 * without stored state. Every method can therefore be repeated, and after a restart `adopt` continues with the running
 * containers. The runtime's event stream reports changes; each event leads to a new inspection of its container.
 */
import { availableParallelism } from 'node:os'
import { openObservations } from '../observations.ts'
import {
  type ContainerCallbacks,
  containerDefinitionOf,
  type LogLine,
  type Runtime,
  RuntimeFault,
  type TaskNamespace,
  type TaskSpec,
} from '../runtime.ts'
import { readContainerLogs } from './container-logs.ts'
import { statsOf, taskUsageOf } from './container-stats.ts'
import { engineLabels, ifFound, ignoringStatus, isUnreachable, messageOf } from './docker-api.ts'
import { openEventStream } from './event-stream.ts'
import type { FoundRuntime } from './find-runtime.ts'
import { getImage, pinnedDigest } from './image.ts'
import { createConcurrencyLimiter } from './limiter.ts'
import { listLocalImages, previewOfPulls } from './local-images.ts'
import { findLogFile, readLogFile } from './log-file.ts'
import { openLogPump } from './log-pump.ts'
import { containerName, pauseContainerName } from './names.ts'
import { ensurePauseContainer, removePauseContainer } from './pause-container.ts'
import { startContainer } from './start-container.ts'
import { createTaskCgroups } from './task-cgroup.ts'
import { ensureNetwork, removeNetwork } from './task-network.ts'
import { ensureVolumes, removeVolumes } from './task-volumes.ts'
import { startTerminal } from './terminal.ts'
import { watchContainers } from './watch.ts'

export interface DockerRuntimeDeps {
  foundRuntime: FoundRuntime
  /** Distinguishes the containers of this engine from those of other engines on the machine. */
  engineId: string
  callbacks: ContainerCallbacks
  now: () => number
  /** Receives messages for people: about one task, or about the runtime itself. */
  onNotice: (text: string, taskArn?: string) => void
  onUnexpectedError: (error: unknown) => void
}

export interface DockerRuntime extends Runtime {
  readonly name: 'docker' | 'podman'
  readonly addressRange: string
  /** Removes all containers, volumes and networks of the engine, even running containers. */
  clear(): Promise<void>
}

const neverAborts = new AbortController().signal
/**
 * When no output was stored for this long, containers are removed even if not all of their output has been stored.
 */
const OUTPUT_QUIET_MS = 5_000
/** The delay before a request is sent again to a runtime that went away. */
const RETRY_MS = 200

/**
 * Opens the runtime: creates the engine's network if needed, and connects to the event stream.
 * @throws Error when the runtime does not answer, or when no address range is free.
 */
export async function openDockerRuntime({
  foundRuntime,
  engineId,
  callbacks,
  now,
  onNotice,
  onUnexpectedError,
}: DockerRuntimeDeps): Promise<DockerRuntime> {
  const { docker, name } = foundRuntime
  const isRoot = process.getuid?.() === 0
  const isOnThisKernel = foundRuntime.isRootfulOnThisMachine && isRoot
  const cgroups = isOnThisKernel && foundRuntime.cgroupDriver === 'cgroupfs' ? createTaskCgroups(engineId) : undefined
  const network = await ensureNetwork(docker, engineId)
  const observed = openObservations()
  const watcher = watchContainers({ docker, engineId, observed, isOnThisKernel, now, onNotice, onUnexpectedError })
  /** Limits the number of containers that are created and started at the same time. */
  const runLimited = createConcurrencyLimiter(Math.max(4, 2 * availableParallelism()))
  /** The ids of pulled images, by container name. */
  const imageIds = new Map<string, string>()
  /**
   * By task id: the engine's preparation of the task's network namespace. It runs during the pulls, and no container
   * starts before it has finished.
   */
  const preparations = new Map<string, Promise<void>>()
  let isLost = false
  /** Aborted by `close`, which does not wait for stops: they can take as long as a container's grace period. */
  const closing = new AbortController()
  const events = await openEventStream({
    docker,
    engineId,
    onEvent: watcher.onRuntimeEvent,
    onConnected: async () => {
      await watcher.inspectAll()
      if (isLost) onNotice(`${name} answers again.`)
      isLost = false
    },
    onLost: (error) => {
      if (!isLost)
        onNotice(
          `${name} does not answer: ${messageOf(error)}. Containers may go on running, but their state is unknown until it answers again.`,
        )
      isLost = true
    },
  })

  const handleOf = (task: TaskSpec, container: string) =>
    docker.getContainer(containerName(engineId, task.id, container))

  async function* logsOf(
    task: TaskSpec,
    container: string,
    options: Parameters<NonNullable<Runtime['logs']>>[2],
  ): AsyncGenerator<LogLine[]> {
    const info = await ifFound(handleOf(task, container).inspect())
    const file = info && name === 'podman' ? await findLogFile(info) : undefined
    if (file === undefined) {
      if (info) yield* readContainerLogs(docker, info.Id, { ...options, isTerminal: info.Config.Tty })
      return
    }
    const reading = new AbortController()
    const containerEnd = options.follow
      ? observed.waitForExit(task, container, AbortSignal.any([options.signal, reading.signal]))
      : undefined
    try {
      yield* readLogFile(file, { ...options, containerEnd })
    } finally {
      reading.abort()
    }
  }

  const logs = openLogPump({
    readLogs: logsOf,
    waitUntilConnected: events.waitUntilConnected,
    isRunning: (task, container) => observed.observation(task.id, container).state === 'running',
    onUnexpectedError: (error) => {
      if (!isUnreachable(error)) onUnexpectedError(error)
    },
  })

  /** Does the work once the runtime can be reached, and repeats it if the runtime went away meanwhile. */
  async function whenReachable<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    for (;;) {
      await events.waitUntilConnected(signal)
      try {
        return await work()
      } catch (error) {
        if (!isUnreachable(error)) throw error
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
      }
    }
  }

  /**
   * Does the work. A failure becomes a RuntimeFault of this kind (`CannotPullContainerError`), with the runtime's
   * message.
   */
  async function withFaultKind<T>(kind: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    try {
      return await whenReachable(signal, work)
    } catch (error) {
      signal.throwIfAborted()
      throw error instanceof RuntimeFault ? error : new RuntimeFault(`${kind}: ${messageOf(error)}`)
    }
  }

  async function namespaceOf({ id, network: { address } }: TaskSpec): Promise<TaskNamespace> {
    const { State } = await docker.getContainer(pauseContainerName(engineId, id)).inspect()
    return { pid: State.Pid, address, gateway: network.gateway }
  }

  /**
   * Undefined when the pause container, which holds the namespace, has ended, such as after a restart of the machine.
   */
  async function findNamespace(task: TaskSpec): Promise<TaskNamespace | undefined> {
    const namespace = await ifFound(namespaceOf(task))
    return namespace?.pid ? namespace : undefined
  }

  function prepareNamespace(task: TaskSpec, namespace: TaskNamespace): Promise<void> {
    const preparation = Promise.resolve(callbacks.onNetworkPrepared?.(task, namespace)).catch((error: unknown) => {
      throw new RuntimeFault(`ResourceInitializationError: ${messageOf(error)}`)
    })
    // `start` awaits the preparation and throws its error.
    preparation.catch(() => {})
    return preparation
  }

  async function removeTask(taskId: string): Promise<void> {
    await logs.waitUntilStored(taskId, OUTPUT_QUIET_MS)
    watcher.unwatchTask(taskId)
    const filters = { label: [`${engineLabels.engine}=${engineId}`, `${engineLabels.task}=${taskId}`] }
    const remaining = await docker.listContainers({ all: true, filters })
    const taskContainers = remaining.filter(({ Labels }) => Labels[engineLabels.pause] === undefined)
    await Promise.all(
      taskContainers.map(({ Id }) => ignoringStatus(docker.getContainer(Id).remove({ force: true, v: true }), 404)),
    )
    // The pause container is removed last: the other containers share its namespaces.
    await removePauseContainer(docker, engineId, taskId)
    await removeVolumes(docker, filters.label)
    await cgroups?.remove(taskId)
  }

  return {
    name,
    addressRange: network.cidr,

    async prepare(task, signal, onInterface) {
      watcher.watchTask(task)
      const containerWithFiles = task.containers.find(({ environmentFiles = [] }) => environmentFiles.length > 0)
      if (containerWithFiles)
        throw new RuntimeFault(
          `ResourceInitializationError: failed to download env files: ${containerWithFiles.name}: this engine has no Amazon S3 to download them from`,
        )
      return withFaultKind('ResourceInitializationError', signal, async () => {
        const pause = await runLimited(async () => {
          await ensureVolumes(docker, engineId, task)
          return ensurePauseContainer(docker, engineId, task, cgroups?.create(task))
        })
        const namespace = { pid: pause.pid, address: task.network.address, gateway: network.gateway }
        preparations.set(task.id, prepareNamespace(task, namespace))
        onInterface?.()
        return pause.bindings
      })
    },

    async pull(task, container, signal, onProgress) {
      const definition = containerDefinitionOf(task, container)
      const digest = pinnedDigest(definition.image ?? '')
      if (digest) onProgress?.({ digest, current: 0, total: 0 })
      const credentials = await callbacks.registryCredentials(task, definition, signal)
      const { id, ...image } = await withFaultKind('CannotPullContainerError', signal, () =>
        getImage(docker, task, definition.image ?? '', { credentials, signal, onProgress }),
      )
      imageIds.set(containerName(engineId, task.id, container), id)
      return image
    },

    async start(task, container, signal) {
      const definition = containerDefinitionOf(task, container)
      await preparations.get(task.id)
      const environment = await callbacks.environment(task, definition, signal)
      // The signal does not interrupt a start: the engine must know which containers run.
      await withFaultKind('CannotStartContainerError', signal, () =>
        runLimited(() =>
          startContainer({
            docker,
            task,
            definition,
            context: { runtime: name, engineId, cgroup: cgroups?.create(task), environment },
            image: imageIds.get(containerName(engineId, task.id, container)),
            findPausePid: async () => (await namespaceOf(task)).pid,
            onUlimitsLowered: (ulimits) =>
              onNotice(
                `lowered these ulimits of the container ${container} to what this host allows: ${ulimits.join(', ')}.`,
                task.arn,
              ),
          }),
        ),
      )
      await whenReachable(neverAborts, () => watcher.inspect(task, container))
      logs.startCopying(task, container, callbacks.logSink(task, definition))
    },

    wait: observed.wait,

    async stop(task, container, graceMs) {
      watcher.markStopping(task, container)
      await whenReachable(neverAborts, async () => {
        await watcher.inspect(task, container)
        if (observed.observation(task.id, container).state !== 'running') return
        const handle = handleOf(task, container)
        // Unlike a stop, a kill does not wait for an earlier stop to end.
        if (graceMs === 0) {
          await ignoringStatus(handle.kill({ signal: 'SIGKILL', abortSignal: closing.signal }), 404, 409)
          await ignoringStatus(handle.wait({ abortSignal: closing.signal }), 404)
        } else
          await ignoringStatus(handle.stop({ t: Math.ceil(graceMs / 1000), abortSignal: closing.signal }), 304, 404)
        await watcher.inspect(task, container)
      })
      if (observed.observation(task.id, container).state === 'running')
        throw new Error(`${name} reported that ${container} of task ${task.id} was stopped, but it still runs`)
    },

    async remove(task) {
      // A preparation in progress would fail when its namespace is removed.
      await preparations.get(task.id)?.catch(() => {})
      preparations.delete(task.id)
      await whenReachable(neverAborts, () => removeTask(task.id))
      for (const { name: container = '' } of task.containers)
        imageIds.delete(containerName(engineId, task.id, container))
      observed.close(task.id)
    },

    async adopt(tasks) {
      const knownTasks = new Set(tasks.map(({ task }) => task.id))
      for (const { task, observed } of tasks) watcher.watchTask(task, observed)
      const existing = await docker.listContainers({
        all: true,
        filters: { label: [`${engineLabels.engine}=${engineId}`] },
      })
      const unknownTasks = new Set(
        existing.map(({ Labels }) => Labels[engineLabels.task] ?? '').filter((task) => !knownTasks.has(task)),
      )
      for (const task of unknownTasks) await removeTask(task)
      await cgroups?.removeOthers(knownTasks)
      await watcher.inspectAll()
      if (callbacks.onNetworkPrepared)
        for (const { task } of tasks) {
          const namespace = await findNamespace(task)
          if (namespace) await callbacks.onNetworkPrepared(task, namespace)
        }
      for (const { task } of tasks)
        for (const definition of task.containers) {
          const { name: container = '' } = definition
          if (observed.observation(task.id, container).state !== 'waiting')
            logs.startCopying(task, container, callbacks.logSink(task, definition))
        }
    },

    logs: logsOf,
    namespace: namespaceOf,
    stats: async (task, container) => statsOf(docker, (await handleOf(task, container).inspect()).Id),
    usage: async (task) =>
      (await cgroups?.usage(task.id).catch(() => undefined)) ??
      taskUsageOf(
        docker,
        task.containers.map(({ name = '' }) => containerName(engineId, task.id, name)),
      ),
    exec: (task, container, command) =>
      startTerminal({ docker, container: containerName(engineId, task.id, container), command, isOnThisKernel }),

    listImages: () => listLocalImages(docker),
    previewOf: (containers) =>
      previewOfPulls(
        docker,
        name,
        containers.flatMap(({ image }) => image ?? []),
      ),

    async clear() {
      const existing = await docker.listContainers({
        all: true,
        filters: { label: [`${engineLabels.engine}=${engineId}`] },
      })
      for (const task of new Set(existing.map(({ Labels }) => Labels[engineLabels.task] ?? ''))) await removeTask(task)
      await removeVolumes(docker, [`${engineLabels.engine}=${engineId}`])
      await cgroups?.removeOthers(new Set())
    },

    async close() {
      closing.abort()
      logs.close()
      events.close()
      watcher.close()
      await removeNetwork(docker, engineId, isOnThisKernel).catch(() => {})
    },
  }
}
