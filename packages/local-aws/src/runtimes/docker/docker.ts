/**
 * Tasks as real containers, over the Docker API: on Docker and on Podman. Everything has a name and labels that follow from engine, task and
 * container, so that it is found again without a memory: every verb can be repeated, and after a restart `adopt` takes up what runs. What happens
 * to containers is told by the runtime's stream of events; each event has the container looked at anew.
 */
import { availableParallelism } from 'node:os'
import { observations } from '../observations.ts'
import {
  type ContainerServices,
  definitionOf,
  type LogLine,
  type Runtime,
  RuntimeFault,
  type TaskNamespace,
  type TaskSpec,
} from '../runtime.ts'
import { containerLogs } from './container-logs.ts'
import { statsOf } from './container-stats.ts'
import { ignoring, isUnreachable, labels, messageOf, orNothing } from './docker-api.ts'
import { openEventStream } from './event-stream.ts'
import type { FoundRuntime } from './find-runtime.ts'
import { getImage, pinnedDigest } from './image.ts'
import { limiter } from './limiter.ts'
import { fileLogs, logFileOf } from './log-file.ts'
import { logPump } from './log-pump.ts'
import { containerName, pauseName } from './names.ts'
import { ensurePause, removePause } from './pause-container.ts'
import { startContainer } from './start-container.ts'
import { taskCgroups } from './task-cgroup.ts'
import { ensureNetwork, removeNetwork } from './task-network.ts'
import { ensureVolumes, removeVolumes } from './task-volumes.ts'
import { terminalIn } from './terminal.ts'
import { watch } from './watch.ts'

export interface DockerRuntimeDeps {
  found: FoundRuntime
  /** Tells this engine's containers from those of others on the same machine. */
  engine: string
  services: ContainerServices
  now: () => number
  /** Something that a person should know: of a task, or of the runtime as a whole. */
  onNotice: (text: string, taskArn?: string) => void
  onFault: (error: unknown) => void
}

export interface DockerRuntime extends Runtime {
  readonly name: 'docker' | 'podman'
  readonly addresses: string
  /** Removes all containers, volumes and networks of the engine, whatever runs in them. */
  clear(): Promise<void>
}

const never = new AbortController().signal
/** How long nothing more may come of what containers wrote, before they are removed all the same. */
const DRAIN_MS = 5_000
/** How long a verb waits before it asks a runtime again that has just gone away. */
const AGAIN_MS = 200

export async function openDockerRuntime({
  found,
  engine,
  services,
  now,
  onNotice,
  onFault,
}: DockerRuntimeDeps): Promise<DockerRuntime> {
  const { docker, name } = found
  const root = process.getuid?.() === 0
  const kernelHere = found.rootfulHere && root
  const cgroups = kernelHere && found.cgroupDriver === 'cgroupfs' ? taskCgroups(engine) : undefined
  const network = await ensureNetwork(docker, engine)
  const book = observations()
  const seen = watch({ docker, engine, book, kernelHere, now, onFault })
  /** Containers are made and started as many at a time as the machine can take. */
  const storm = limiter(Math.max(4, 2 * availableParallelism()))
  /** What was pulled for containers that are there or to come, by their names. */
  const images = new Map<string, string>()
  /** What the engine's services do in tasks' namespaces while images are got: nothing starts in one before that is done. */
  const openings = new Map<string, Promise<void>>()
  let lost = false
  /** Aborted by close: a stop takes as long as the container's grace. */
  const closing = new AbortController()
  const events = await openEventStream({
    docker,
    engine,
    onEvent: seen.onRuntimeEvent,
    onConnected: async () => {
      await seen.lookAtAll()
      if (lost) onNotice(`${name} answers again.`)
      lost = false
    },
    onLost: (error) => {
      if (!lost)
        onNotice(
          `${name} does not answer: ${messageOf(error)}. Containers may go on; nothing is known of them until it is back.`,
        )
      lost = true
    },
  })

  const handleOf = (task: TaskSpec, container: string) => docker.getContainer(containerName(engine, task.id, container))

  async function* logsOf(
    task: TaskSpec,
    container: string,
    wanted: Parameters<NonNullable<Runtime['logs']>>[2],
  ): AsyncGenerator<LogLine[]> {
    const info = await orNothing(handleOf(task, container).inspect())
    const file = info && name === 'podman' ? await logFileOf(info) : undefined
    if (file === undefined) {
      if (info) yield* containerLogs(docker, info.Id, { ...wanted, terminal: info.Config.Tty })
      return
    }
    const reading = new AbortController()
    const ended = wanted.follow
      ? book.ended(task, container, AbortSignal.any([wanted.signal, reading.signal]))
      : undefined
    try {
      yield* fileLogs(file, { ...wanted, ended })
    } finally {
      reading.abort()
    }
  }

  const logs = logPump({
    logs: logsOf,
    connected: events.connected,
    isRunning: (task, container) => book.observation(task.id, container).state === 'running',
    onFault: (error) => {
      if (!isUnreachable(error)) onFault(error)
    },
  })

  /** Does it while the runtime answers, and again when it went away meanwhile. */
  async function whileThere<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    for (;;) {
      await events.connected(signal)
      try {
        return await work()
      } catch (error) {
        if (!isUnreachable(error)) throw error
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
      }
    }
  }

  /** What goes wrong is a fault of that kind, in the runtime's words. */
  async function orFault<T>(kind: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    try {
      return await whileThere(signal, work)
    } catch (error) {
      signal.throwIfAborted()
      throw error instanceof RuntimeFault ? error : new RuntimeFault(`${kind}: ${messageOf(error)}`)
    }
  }

  async function namespaceOf({ id, network: { address } }: TaskSpec): Promise<TaskNamespace> {
    const { State } = await docker.getContainer(pauseName(engine, id)).inspect()
    return { pid: State.Pid, address, gateway: network.gateway }
  }

  function opened(task: TaskSpec, namespace: TaskNamespace): Promise<void> {
    const opening = Promise.resolve(services.prepared?.(task, namespace)).catch((error: unknown) => {
      throw new RuntimeFault(`ResourceInitializationError: ${messageOf(error)}`)
    })
    // Whoever starts a container gets its error.
    opening.catch(() => {})
    return opening
  }

  async function removeTask(taskId: string): Promise<void> {
    await logs.drained(taskId, DRAIN_MS)
    seen.end(taskId)
    const filters = { label: [`${labels.engine}=${engine}`, `${labels.task}=${taskId}`] }
    const left = await docker.listContainers({ all: true, filters })
    const own = left.filter(({ Labels }) => Labels[labels.pause] === undefined)
    await Promise.all(own.map(({ Id }) => ignoring(docker.getContainer(Id).remove({ force: true, v: true }), 404)))
    // Last, since a container whose namespaces others share can't be removed before them.
    await removePause(docker, engine, taskId)
    await removeVolumes(docker, filters.label)
    await cgroups?.remove(taskId)
  }

  return {
    name,
    addresses: network.cidr,

    async prepare(task, signal, onInterface) {
      seen.begin(task)
      const files = task.containers.find(({ environmentFiles = [] }) => environmentFiles.length > 0)
      if (files)
        throw new RuntimeFault(
          `ResourceInitializationError: failed to download env files: ${files.name}: there is no Amazon S3 here to get them from`,
        )
      return orFault('ResourceInitializationError', signal, async () => {
        const pause = await storm(async () => {
          await ensureVolumes(docker, engine, task)
          return ensurePause(docker, engine, task, cgroups?.make(task))
        })
        const namespace = { pid: pause.pid, address: task.network.address, gateway: network.gateway }
        openings.set(task.id, opened(task, namespace))
        onInterface?.()
        return pause.bindings
      })
    },

    async pull(task, container, signal, onProgress) {
      const definition = definitionOf(task, container)
      const digest = pinnedDigest(definition.image ?? '')
      if (digest) onProgress?.({ digest, current: 0, total: 0 })
      const credentials = await services.registryCredentials(task, definition, signal)
      const { id, ...image } = await orFault('CannotPullContainerError', signal, () =>
        getImage(docker, task, definition.image ?? '', { credentials, signal, onProgress }),
      )
      images.set(containerName(engine, task.id, container), id)
      return image
    },

    async start(task, container, signal) {
      const definition = definitionOf(task, container)
      await openings.get(task.id)
      const environment = await services.environment(task, definition, signal)
      // Once begun it is done to the end, whatever the signal says: what may run has to be known.
      await orFault('CannotStartContainerError', signal, () =>
        storm(() =>
          startContainer({
            docker,
            task,
            definition,
            place: { runtime: name, engine, cgroup: cgroups?.make(task), environment },
            image: images.get(containerName(engine, task.id, container)),
            pauseProcess: async () => (await namespaceOf(task)).pid,
            onLowered: (ulimits) =>
              onNotice(
                `lowered these ulimits of the container ${container} to what this host allows: ${ulimits.join(', ')}.`,
                task.arn,
              ),
          }),
        ),
      )
      await whileThere(never, () => seen.look(task, container))
      logs.begin(task, container, services.logSink(task, definition))
    },

    wait: book.wait,

    async stop(task, container, graceMs) {
      seen.stopping(task, container)
      await whileThere(never, async () => {
        await seen.look(task, container)
        if (book.observation(task.id, container).state !== 'running') return
        const handle = handleOf(task, container)
        // Unlike a stop, a kill does not wait for an earlier stop to end.
        if (graceMs === 0) {
          await ignoring(handle.kill({ signal: 'SIGKILL', abortSignal: closing.signal }), 404, 409)
          await ignoring(handle.wait({ abortSignal: closing.signal }), 404)
        } else await ignoring(handle.stop({ t: Math.ceil(graceMs / 1000), abortSignal: closing.signal }), 304, 404)
        await seen.look(task, container)
      })
      if (book.observation(task.id, container).state === 'running')
        throw new Error(`${name} said that ${container} of task ${task.id} has stopped, and it runs`)
    },

    async remove(task) {
      // In a namespace that goes away meanwhile it would fail.
      await openings.get(task.id)?.catch(() => {})
      openings.delete(task.id)
      await whileThere(never, () => removeTask(task.id))
      for (const { name: container = '' } of task.containers) images.delete(containerName(engine, task.id, container))
      book.close(task.id)
    },

    async adopt(tasks) {
      const known = new Set(tasks.map(({ task }) => task.id))
      for (const { task, observed } of tasks) seen.begin(task, observed)
      const there = await docker.listContainers({ all: true, filters: { label: [`${labels.engine}=${engine}`] } })
      const strangers = new Set(there.map(({ Labels }) => Labels[labels.task] ?? '').filter((task) => !known.has(task)))
      for (const task of strangers) await removeTask(task)
      await cgroups?.removeOthers(known)
      await seen.lookAtAll()
      if (services.prepared)
        for (const { task } of tasks)
          await orNothing(namespaceOf(task)).then((there) => there && services.prepared?.(task, there))
      for (const { task } of tasks)
        for (const definition of task.containers) {
          const { name: container = '' } = definition
          if (book.observation(task.id, container).state !== 'waiting')
            logs.begin(task, container, services.logSink(task, definition))
        }
    },

    logs: logsOf,
    namespace: namespaceOf,
    stats: async (task, container) => statsOf(docker, (await handleOf(task, container).inspect()).Id),
    exec: (task, container, command) =>
      terminalIn({ docker, container: containerName(engine, task.id, container), command, kernelHere }),

    async clear() {
      const there = await docker.listContainers({ all: true, filters: { label: [`${labels.engine}=${engine}`] } })
      for (const task of new Set(there.map(({ Labels }) => Labels[labels.task] ?? ''))) await removeTask(task)
      await removeVolumes(docker, [`${labels.engine}=${engine}`])
      await cgroups?.removeOthers(new Set())
    },

    async close() {
      closing.abort()
      logs.close()
      events.close()
      seen.close()
      await removeNetwork(docker, engine, kernelHere).catch(() => {})
    },
  }
}
