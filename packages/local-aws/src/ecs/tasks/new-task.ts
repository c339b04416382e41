/** Creates the records of new tasks, for RunTask and for the scheduler. */
import type { AwsVpcConfiguration, Tag, TaskOverride } from '@aws-sdk/client-ecs'
import { type AwsJson, ecsArn, parseCpuUnits, parseMemoryMiB, shortName } from '@ecs-api/ecs-model'
import { type Clock, toEpochSeconds } from '../../clock.ts'
import type { Ids } from '../../ids.ts'
import type { Runtime } from '../../runtimes/runtime.ts'
import { newExecAgent } from '../exec/managed-agents.ts'
import type { EcsTables } from '../records/ecs-tables.ts'
import type { TaskDefinitionRecord } from '../records/task-definition-record.ts'
import type { TaskRecord } from '../records/task-record.ts'
import { availabilityZoneOf } from './subnets.ts'

export interface NewTaskDeps {
  ecsTables: EcsTables
  clock: Clock
  ids: Ids
  runtime: Pick<Runtime, 'name' | 'exec'>
}

/** A request for one task, from RunTask or from the scheduler, that has passed ECS's checks. */
export interface TaskRequest {
  clusterArn: string
  definition: TaskDefinitionRecord
  group: string
  startedBy?: string | undefined
  /** ARN of the service that starts the task. */
  service?: string
  /** `ecs-svc/N` */
  deployment?: string
  capacityProvider?: string | undefined
  /** A version number such as `1.4.0`, never LATEST. */
  platformVersion: string
  network: AwsJson<AwsVpcConfiguration>
  overrides?: AwsJson<TaskOverride> | undefined
  tags: AwsJson<Tag>[]
  enableExecuteCommand: boolean
  /** Fields of the request that are stored and have no effect on this engine. */
  withoutEffect: readonly string[]
}

const DEFAULT_STORAGE_GIB = 20

/**
 * Creates the record of a task as RunTask returns it: PROVISIONING, with a network interface that does not exist yet.
 */
export function newTask({ ecsTables, clock, ids, runtime }: NewTaskDeps, request: TaskRequest): TaskRecord {
  const { definition, overrides = {} } = request
  const id = ids.hex(32)
  const cluster = shortName(request.clusterArn)
  const taskArn = ecsArn(ecsTables, 'task', cluster, id)
  const subnet = emptiestSubnet(ecsTables, request.network.subnets ?? [])
  const ignoresRestartPolicy =
    runtime.name === 'simulated' && definition.containerDefinitions?.some(({ restartPolicy }) => restartPolicy?.enabled)
  const volumesOnMachine =
    runtime.name === 'simulated'
      ? []
      : (definition.volumes ?? []).filter(({ efsVolumeConfiguration }) => efsVolumeConfiguration)
  const withoutEffect = [
    ...(request.enableExecuteCommand && !runtime.exec ? ['enableExecuteCommand'] : []),
    ...request.withoutEffect,
    ...(ignoresRestartPolicy ? ['restartPolicy'] : []),
  ]
  const storage = overrides.ephemeralStorage ?? definition.ephemeralStorage ?? { sizeInGiB: DEFAULT_STORAGE_GIB }
  return {
    attachments: [
      {
        id: ids.uuid(),
        type: 'ElasticNetworkInterface',
        status: 'PRECREATED',
        details: [{ name: 'subnetId', value: subnet }],
      },
    ],
    attributes: [
      {
        name: 'ecs.cpu-architecture',
        value: definition.runtimePlatform?.cpuArchitecture === 'ARM64' ? 'arm64' : 'x86_64',
      },
      { name: 'ecs-api.runtime', value: runtime.name },
      ...(withoutEffect.length > 0 ? [{ name: 'ecs-api.without-effect', value: withoutEffect.join(',') }] : []),
      // An EFS file system becomes a volume on this machine.
      ...(volumesOnMachine.length > 0
        ? [{ name: 'ecs-api.local-volumes', value: volumesOnMachine.map(({ name }) => name).join(',') }]
        : []),
    ],
    availabilityZone: availabilityZoneOf(ecsTables, subnet),
    ...(request.capacityProvider && { capacityProviderName: request.capacityProvider }),
    clusterArn: request.clusterArn,
    containers: (definition.containerDefinitions ?? []).map((container) => {
      const override = overrides.containerOverrides?.find(({ name }) => name === container.name)
      const memory = override?.memory ?? container.memory
      const reservation = override?.memoryReservation ?? container.memoryReservation
      return {
        containerArn: ecsArn(ecsTables, 'container', cluster, id, ids.uuid()),
        taskArn,
        name: container.name,
        image: container.image,
        lastStatus: 'PENDING',
        networkInterfaces: [],
        ...(request.enableExecuteCommand && { managedAgents: [newExecAgent(runtime)] }),
        cpu: String(override?.cpu ?? container.cpu ?? 0),
        ...(memory !== undefined && { memory: String(memory) }),
        ...(reservation !== undefined && { memoryReservation: String(reservation) }),
      }
    }),
    cpu: overrides.cpu === undefined ? definition.cpu : String(parseCpuUnits(overrides.cpu)),
    createdAt: toEpochSeconds(clock.now()),
    desiredStatus: 'RUNNING',
    enableExecuteCommand: request.enableExecuteCommand,
    ephemeralStorage: storage,
    fargateEphemeralStorage: storage,
    group: request.group,
    lastStatus: 'PROVISIONING',
    launchType: 'FARGATE',
    memory: overrides.memory === undefined ? definition.memory : String(parseMemoryMiB(overrides.memory)),
    overrides: {
      ...overrides,
      containerOverrides: (definition.containerDefinitions ?? []).map(
        ({ name }) => overrides.containerOverrides?.find((override) => override.name === name) ?? { name },
      ),
      inferenceAcceleratorOverrides: overrides.inferenceAcceleratorOverrides ?? [],
    },
    platformFamily: platformFamilyOf(definition),
    platformVersion: request.platformVersion,
    ...(request.startedBy !== undefined && { startedBy: request.startedBy }),
    tags: request.tags,
    taskArn,
    taskDefinitionArn: definition.taskDefinitionArn,
    version: 1,
    internal: {
      ...(request.service && { service: request.service }),
      ...(request.deployment && { deployment: request.deployment }),
      subnet,
      ...(request.network.securityGroups?.length && { securityGroups: request.network.securityGroups }),
      ...(request.network.assignPublicIp === 'ENABLED' && { isPublic: true }),
      observed: {},
    },
  }
}

/**
 * The platform family in the form of ECS's responses: `Linux` for a definition with LINUX, `Windows Server 2022 Core`
 * for one with WINDOWS_SERVER_2022_CORE.
 */
export function platformFamilyOf({ runtimePlatform }: TaskDefinitionRecord): string {
  const family = runtimePlatform?.operatingSystemFamily ?? 'LINUX'
  return family
    .split('_')
    .map((word) => word.charAt(0) + word.slice(1).toLowerCase())
    .join(' ')
}

/**
 * Chooses the subnet with the fewest tasks: Fargate spreads tasks over Availability Zones (ECS Developer Guide, "Task
 * placement").
 */
function emptiestSubnet(ecsTables: EcsTables, subnets: readonly string[]): string {
  const [first = ''] = subnets
  return subnets.reduce(
    (best, subnet) =>
      ecsTables.tasks.countByIndex('subnet', subnet) < ecsTables.tasks.countByIndex('subnet', best) ? subnet : best,
    first,
  )
}
