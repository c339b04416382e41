/** What a container of a task definition is in the Docker API's words. */
import type { ContainerDefinition, MountPoint } from '@aws-sdk/client-ecs'
import type { Wire } from '@ecs-api/ecs-model'
import type { ContainerCreateOptions, HostConfig, Ulimit } from 'dockerode'
import type { TaskSpec } from '../runtime.ts'
import { labels } from './docker-api.ts'
import { containerName, pauseName, volumeName } from './names.ts'

type Definition = Wire<ContainerDefinition>

export interface ContainerPlace {
  runtime: 'docker' | 'podman'
  engine: string
  /** The image, as the runtime knows it. */
  image: string
  /** The task's cgroup, which has the task's limits; without one the container gets them for its own. */
  cgroup: string | undefined
  /** What its environment has beside what the definition says. */
  environment: ReadonlyMap<string, string>
  /** The most that a process may be allowed here, where the host refused what was asked for. */
  most?: ReadonlyMap<string, number> | undefined
}

/** @throws Error where the definition says what can't be carried out. */
export function containerOptions(
  task: TaskSpec,
  definition: Definition,
  place: ContainerPlace,
): ContainerCreateOptions {
  const { name = '' } = definition
  return {
    name: containerName(place.engine, task.id, name),
    Image: place.image,
    ...(definition.command && { Cmd: definition.command }),
    ...(definition.entryPoint && { Entrypoint: definition.entryPoint }),
    ...(definition.workingDirectory && { WorkingDir: definition.workingDirectory }),
    ...(definition.user && { User: definition.user }),
    Env: environmentOf(definition, place.environment),
    Tty: definition.pseudoTerminal ?? false,
    OpenStdin: definition.interactive ?? false,
    Labels: {
      ...definition.dockerLabels,
      ...ecsLabels(task, name),
      [labels.engine]: place.engine,
      [labels.task]: task.id,
      [labels.container]: name,
    },
    // ECS does not look at an image's own check (Developer Guide, "Determine Amazon ECS task health"); ours are run by the engine.
    Healthcheck: { Test: ['NONE'] },
    HostConfig: hostConfig(task, definition, place),
  }
}

/** As a file that is read from here, and never cut: where the machine's configuration says at how many bytes, what was not read by then would be lost. */
const wholeLog = { Type: 'k8s-file', Config: { 'max-size': '1000000g' } }

function environmentOf({ environment = [] }: Definition, more: ReadonlyMap<string, string>): string[] {
  const values = new Map([...more, ...environment.map(({ name = '', value = '' }) => [name, value] as const)])
  return [...values].map(([name, value]) => `${name}=${value}`)
}

function hostConfig(
  task: TaskSpec,
  definition: Definition,
  { runtime, engine, cgroup, most }: ContainerPlace,
): HostConfig {
  const { linuxParameters, readonlyRootFilesystem = false, systemControls = [] } = definition
  return {
    NetworkMode: `container:${pauseName(engine, task.id)}`,
    // In Docker the name comes with the network.
    ...(runtime === 'podman' && { UTSMode: `container:${pauseName(engine, task.id)}` }),
    ...(task.sharesProcesses && { PidMode: `container:${pauseName(engine, task.id)}` }),
    RestartPolicy: { Name: 'no' },
    ...(runtime === 'podman' && { LogConfig: wholeLog }),
    ReadonlyRootfs: readonlyRootFilesystem,
    ...(linuxParameters?.initProcessEnabled && { Init: true }),
    CapAdd: linuxParameters?.capabilities?.add ?? [],
    // Without raw sockets no task can speak from another's address, by which the engine tells them apart.
    CapDrop: [...new Set([...(linuxParameters?.capabilities?.drop ?? []), 'NET_RAW'])],
    Ulimits: ulimitsOf(definition, most),
    Sysctls: Object.fromEntries(
      systemControls.flatMap(({ namespace = '', value = '' }) => (isOfNetwork(namespace) ? [] : [[namespace, value]])),
    ),
    Binds: mountsOf(task, definition).map(({ sourceVolume = '', containerPath = '', readOnly }) => {
      const volume = task.volumes.find((one) => one.name === sourceVolume)
      if (!volume) throw new Error(`the task definition has no volume ${sourceVolume}`)
      return `${volumeName(engine, task.id, volume)}:${containerPath}${readOnly ? ':ro' : ''}`
    }),
    Tmpfs: Object.fromEntries(
      (linuxParameters?.tmpfs ?? []).map(({ containerPath = '', size = 0, mountOptions = [] }) => [
        containerPath,
        [...mountOptions, `size=${size}m`].join(','),
      ]),
    ),
    ...(cgroup && { CgroupParent: cgroup }),
    ...limitsOf(task, definition, cgroup === undefined),
  }
}

/** Of the container itself; and those of the task where no cgroup of the task has them. */
function limitsOf(
  { cpu: taskCpu, memoryMiB }: TaskSpec,
  { cpu, memory, memoryReservation }: Definition,
  ofTask: boolean,
): HostConfig {
  const most = memory ?? (ofTask ? memoryMiB : undefined)
  return {
    // ECS Developer Guide, "cpu": null and zero are passed as 2 shares, the least that Linux has.
    CpuShares: Math.max(2, cpu ?? 0),
    ...(ofTask && taskCpu !== undefined && { NanoCpus: Math.round((taskCpu / 1024) * 1e9) }),
    ...(most !== undefined && { Memory: mebibytes(most), MemorySwap: mebibytes(most) }),
    ...(memoryReservation !== undefined && { MemoryReservation: mebibytes(memoryReservation) }),
  }
}

/** The runtime sets these two of itself, as high as it likes: where the host has a most, they are said. */
const ALWAYS = ['nofile', 'nproc']

function ulimitsOf({ ulimits = [] }: Definition, most: ReadonlyMap<string, number> = new Map()): Ulimit[] {
  const asked = ulimits.map(({ name = '', softLimit = 0, hardLimit = 0 }) => {
    const limit = most.get(name) ?? Number.POSITIVE_INFINITY
    return { Name: name, Soft: Math.min(softLimit, limit), Hard: Math.min(hardLimit, limit) }
  })
  const others = ALWAYS.filter((name) => most.has(name) && !ulimits.some((ulimit) => ulimit.name === name))
  return [...asked, ...others.map((name) => ({ Name: name, Soft: most.get(name) ?? 0, Hard: most.get(name) ?? 0 }))]
}

/** Its own mount points, and those of the containers that it takes volumes from. */
function mountsOf(task: TaskSpec, definition: Definition): Wire<MountPoint>[] {
  const taken = (definition.volumesFrom ?? []).flatMap(({ sourceContainer, readOnly }) => {
    const source = task.containers.find(({ name }) => name === sourceContainer)
    return (source?.mountPoints ?? []).map((mount) => ({ ...mount, readOnly: readOnly || mount.readOnly || false }))
  })
  const own = definition.mountPoints ?? []
  return [...own, ...taken.filter(({ containerPath }) => !own.some((mount) => mount.containerPath === containerPath))]
}

/** Belongs to the network namespace, and so to the container that holds it. */
export function isOfNetwork(sysctl: string): boolean {
  return sysctl.startsWith('net.')
}

/** As the ECS agent labels containers. */
function ecsLabels({ arn, clusterArn, definition }: TaskSpec, container: string): Record<string, string> {
  const [family = '', revision = ''] = definition.split(':')
  return {
    'com.amazonaws.ecs.cluster': clusterArn,
    'com.amazonaws.ecs.container-name': container,
    'com.amazonaws.ecs.task-arn': arn,
    'com.amazonaws.ecs.task-definition-family': family,
    'com.amazonaws.ecs.task-definition-version': revision,
  }
}

function mebibytes(count: number): number {
  return count * 2 ** 20
}
