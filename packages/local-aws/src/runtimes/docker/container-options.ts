/** Translates a container definition into the options of the Docker API. */
import type { ContainerDefinition, MountPoint } from '@aws-sdk/client-ecs'
import type { AwsJson } from '@ecs-api/ecs-model'
import type { ContainerCreateOptions, HostConfig, Ulimit } from 'dockerode'
import type { TaskSpec } from '../runtime.ts'
import { engineLabels } from './docker-api.ts'
import { containerName, pauseContainerName, volumeName } from './names.ts'

type Definition = AwsJson<ContainerDefinition>

export interface ContainerContext {
  runtime: 'docker' | 'podman'
  engineId: string
  /** The image's id in the runtime. */
  image: string
  /**
   * The task's cgroup, which has the task's limits. If it is undefined, the container itself gets the task's limits.
   */
  cgroup: string | undefined
  /** Variables in addition to the definition's. */
  environment: ReadonlyMap<string, string>
  /** The host's maximum of each ulimit. Set only after the host has refused the definition's ulimits. */
  maxUlimits?: ReadonlyMap<string, number> | undefined
}

/** @throws Error when a mount point names a volume that the task definition lacks. */
export function containerCreateOptions(
  task: TaskSpec,
  definition: Definition,
  context: ContainerContext,
): ContainerCreateOptions {
  const { name = '' } = definition
  return {
    name: containerName(context.engineId, task.id, name),
    Image: context.image,
    ...(definition.command && { Cmd: definition.command }),
    ...(definition.entryPoint && { Entrypoint: definition.entryPoint }),
    ...(definition.workingDirectory && { WorkingDir: definition.workingDirectory }),
    ...(definition.user && { User: definition.user }),
    Env: environmentOf(definition, context.environment),
    Tty: definition.pseudoTerminal ?? false,
    OpenStdin: definition.interactive ?? false,
    Labels: {
      ...definition.dockerLabels,
      ...ecsLabels(task, name),
      [engineLabels.engine]: context.engineId,
      [engineLabels.task]: task.id,
      [engineLabels.container]: name,
    },
    // ECS ignores the image's own health check (Developer Guide, "Determine Amazon ECS task health"). The engine runs
    // the definition's check.
    Healthcheck: { Test: ['NONE'] },
    HostConfig: hostConfig(task, definition, context),
  }
}

/**
 * The log is one file, which the engine reads. It is not rotated: a size limit from the machine's configuration would
 * discard lines before the engine has read them.
 */
const unlimitedLog = { Type: 'k8s-file', Config: { 'max-size': '1000000g' } }

function environmentOf({ environment = [] }: Definition, additional: ReadonlyMap<string, string>): string[] {
  const values = new Map([...additional, ...environment.map(({ name = '', value = '' }) => [name, value] as const)])
  return [...values].map(([name, value]) => `${name}=${value}`)
}

function hostConfig(
  task: TaskSpec,
  definition: Definition,
  { runtime, engineId, cgroup, maxUlimits }: ContainerContext,
): HostConfig {
  const { linuxParameters, readonlyRootFilesystem = false, systemControls = [] } = definition
  return {
    NetworkMode: `container:${pauseContainerName(engineId, task.id)}`,
    // In Docker the hostname comes with the network namespace.
    ...(runtime === 'podman' && { UTSMode: `container:${pauseContainerName(engineId, task.id)}` }),
    ...(task.sharesProcesses && { PidMode: `container:${pauseContainerName(engineId, task.id)}` }),
    RestartPolicy: { Name: 'no' },
    ...(runtime === 'podman' && { LogConfig: unlimitedLog }),
    ReadonlyRootfs: readonlyRootFilesystem,
    ...(linuxParameters?.initProcessEnabled && { Init: true }),
    CapAdd: linuxParameters?.capabilities?.add ?? [],
    // The engine identifies tasks by their address. Without raw sockets a task cannot send from another task's address.
    CapDrop: [...new Set([...(linuxParameters?.capabilities?.drop ?? []), 'NET_RAW'])],
    Ulimits: ulimitsOf(definition, maxUlimits),
    Sysctls: Object.fromEntries(
      systemControls.flatMap(({ namespace = '', value = '' }) =>
        isNetworkSysctl(namespace) ? [] : [[namespace, value]],
      ),
    ),
    Binds: mountsOf(task, definition).map(({ sourceVolume = '', containerPath = '', readOnly }) => {
      const volume = task.volumes.find((candidate) => candidate.name === sourceVolume)
      if (!volume) throw new Error(`the task definition has no volume ${sourceVolume}`)
      return `${volumeName(engineId, task.id, volume)}:${containerPath}${readOnly ? ':ro' : ''}`
    }),
    Tmpfs: Object.fromEntries(
      (linuxParameters?.tmpfs ?? []).map(({ containerPath = '', size = 0, mountOptions = [] }) => [
        containerPath,
        [...mountOptions, `size=${size}m`].join(','),
      ]),
    ),
    ...(cgroup && { CgroupParent: cgroup }),
    ...limitsOf(task, definition, { withTaskLimits: cgroup === undefined }),
  }
}

/** The container's own limits; with `withTaskLimits` also those of its task. */
function limitsOf(
  { cpu: taskCpu, memoryMiB }: TaskSpec,
  { cpu, memory, memoryReservation }: Definition,
  { withTaskLimits }: { withTaskLimits: boolean },
): HostConfig {
  const memoryLimit = memory ?? (withTaskLimits ? memoryMiB : undefined)
  return {
    // Null and zero become 2 shares, the minimum of Linux (ECS Developer Guide, "cpu").
    CpuShares: Math.max(2, cpu ?? 0),
    ...(withTaskLimits && taskCpu !== undefined && { NanoCpus: Math.round((taskCpu / 1024) * 1e9) }),
    ...(memoryLimit !== undefined && { Memory: mebibytes(memoryLimit), MemorySwap: mebibytes(memoryLimit) }),
    ...(memoryReservation !== undefined && { MemoryReservation: mebibytes(memoryReservation) }),
  }
}

/**
 * The runtime raises these ulimits even when they are not requested. Where the host has a maximum, the container gets
 * that maximum instead.
 */
const RUNTIME_ULIMITS = ['nofile', 'nproc']

function ulimitsOf({ ulimits = [] }: Definition, maxUlimits: ReadonlyMap<string, number> = new Map()): Ulimit[] {
  const requested = ulimits.map(({ name = '', softLimit = 0, hardLimit = 0 }) => {
    const limit = maxUlimits.get(name) ?? Number.POSITIVE_INFINITY
    return { Name: name, Soft: Math.min(softLimit, limit), Hard: Math.min(hardLimit, limit) }
  })
  const raisedByRuntime = RUNTIME_ULIMITS.filter(
    (name) => maxUlimits.has(name) && !ulimits.some((ulimit) => ulimit.name === name),
  )
  return [
    ...requested,
    ...raisedByRuntime.map((name) => ({
      Name: name,
      Soft: maxUlimits.get(name) ?? 0,
      Hard: maxUlimits.get(name) ?? 0,
    })),
  ]
}

/** The container's own mount points, and those of the containers in `volumesFrom`. */
function mountsOf(task: TaskSpec, definition: Definition): AwsJson<MountPoint>[] {
  const inherited = (definition.volumesFrom ?? []).flatMap(({ sourceContainer, readOnly }) => {
    const source = task.containers.find(({ name }) => name === sourceContainer)
    return (source?.mountPoints ?? []).map((mount) => ({ ...mount, readOnly: readOnly || mount.readOnly || false }))
  })
  const ownMounts = definition.mountPoints ?? []
  return [
    ...ownMounts,
    ...inherited.filter(({ containerPath }) => !ownMounts.some((mount) => mount.containerPath === containerPath)),
  ]
}

/** Whether the sysctl belongs to the network namespace, and therefore to the pause container. */
export function isNetworkSysctl(sysctl: string): boolean {
  return sysctl.startsWith('net.')
}

/** The labels that the ECS agent sets. */
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
