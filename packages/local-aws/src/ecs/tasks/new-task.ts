import type { AwsVpcConfiguration, Tag, TaskOverride } from '@aws-sdk/client-ecs'
import { cpuUnits, ecsArn, memoryMiB, shortName, type Wire } from '@ecs-api/ecs-model'
import { type Clock, epochSeconds } from '../../clock.ts'
import type { Ids } from '../../ids.ts'
import type { Runtime } from '../../runtimes/runtime.ts'
import { newExecAgent } from '../exec/managed-agents.ts'
import type { World } from '../records/state.ts'
import type { TaskDefinitionRecord } from '../records/task-definition-record.ts'
import type { TaskRecord } from '../records/task-record.ts'
import { availabilityZoneOf } from './subnets.ts'

export interface BirthParts {
  world: World
  clock: Clock
  ids: Ids
  runtime: Pick<Runtime, 'name' | 'exec'>
}

/** What a task is to be, checked already. */
export interface TaskWish {
  clusterArn: string
  definition: TaskDefinitionRecord
  group: string
  startedBy?: string | undefined
  service?: string
  deployment?: string
  capacityProvider?: string | undefined
  /** Never LATEST. */
  platformVersion: string
  network: Wire<AwsVpcConfiguration>
  overrides?: Wire<TaskOverride> | undefined
  tags: Wire<Tag>[]
  enableExecuteCommand: boolean
  /** Fields of the request that are kept and do nothing here. */
  withoutEffect: readonly string[]
}

const DEFAULT_STORAGE_GIB = 20

/** A new task as RunTask answers it: PROVISIONING, with a network interface that is not there yet. */
export function newTask({ world, clock, ids, runtime }: BirthParts, wish: TaskWish): TaskRecord {
  const { definition, overrides = {} } = wish
  const id = ids.hex(32)
  const cluster = shortName(wish.clusterArn)
  const taskArn = ecsArn(world, 'task', cluster, id)
  const subnet = emptiestSubnet(world, wish.network.subnets ?? [])
  const restarts =
    runtime.name === 'simulated' && definition.containerDefinitions?.some(({ restartPolicy }) => restartPolicy?.enabled)
  const localVolumes =
    runtime.name === 'simulated'
      ? []
      : (definition.volumes ?? []).filter(({ efsVolumeConfiguration }) => efsVolumeConfiguration)
  const withoutEffect = [
    ...(wish.enableExecuteCommand && !runtime.exec ? ['enableExecuteCommand'] : []),
    ...wish.withoutEffect,
    ...(restarts ? ['restartPolicy'] : []),
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
      // A file system of EFS is a volume of this machine's.
      ...(localVolumes.length > 0
        ? [{ name: 'ecs-api.local-volumes', value: localVolumes.map(({ name }) => name).join(',') }]
        : []),
    ],
    availabilityZone: availabilityZoneOf(world, subnet),
    ...(wish.capacityProvider && { capacityProviderName: wish.capacityProvider }),
    clusterArn: wish.clusterArn,
    containers: (definition.containerDefinitions ?? []).map((container) => {
      const override = overrides.containerOverrides?.find(({ name }) => name === container.name)
      const memory = override?.memory ?? container.memory
      const reservation = override?.memoryReservation ?? container.memoryReservation
      return {
        containerArn: ecsArn(world, 'container', cluster, id, ids.uuid()),
        taskArn,
        name: container.name,
        image: container.image,
        lastStatus: 'PENDING',
        networkInterfaces: [],
        ...(wish.enableExecuteCommand && { managedAgents: [newExecAgent(runtime)] }),
        cpu: String(override?.cpu ?? container.cpu ?? 0),
        ...(memory !== undefined && { memory: String(memory) }),
        ...(reservation !== undefined && { memoryReservation: String(reservation) }),
      }
    }),
    cpu: overrides.cpu === undefined ? definition.cpu : String(cpuUnits(overrides.cpu)),
    createdAt: epochSeconds(clock.now()),
    desiredStatus: 'RUNNING',
    enableExecuteCommand: wish.enableExecuteCommand,
    ephemeralStorage: storage,
    fargateEphemeralStorage: storage,
    group: wish.group,
    lastStatus: 'PROVISIONING',
    launchType: 'FARGATE',
    memory: overrides.memory === undefined ? definition.memory : String(memoryMiB(overrides.memory)),
    overrides: {
      ...overrides,
      containerOverrides: (definition.containerDefinitions ?? []).map(
        ({ name }) => overrides.containerOverrides?.find((override) => override.name === name) ?? { name },
      ),
      inferenceAcceleratorOverrides: overrides.inferenceAcceleratorOverrides ?? [],
    },
    platformFamily: platformFamilyOf(definition),
    platformVersion: wish.platformVersion,
    ...(wish.startedBy !== undefined && { startedBy: wish.startedBy }),
    tags: wish.tags,
    taskArn,
    taskDefinitionArn: definition.taskDefinitionArn,
    version: 1,
    engine: {
      ...(wish.service && { service: wish.service }),
      ...(wish.deployment && { deployment: wish.deployment }),
      subnet,
      ...(wish.network.securityGroups?.length && { securityGroups: wish.network.securityGroups }),
      ...(wish.network.assignPublicIp === 'ENABLED' && { isPublic: true }),
      sights: {},
    },
  }
}

/** `Linux`, `Windows Server 2022 Core`: as ECS writes a family that definitions name LINUX, WINDOWS_SERVER_2022_CORE. */
export function platformFamilyOf({ runtimePlatform }: TaskDefinitionRecord): string {
  const family = runtimePlatform?.operatingSystemFamily ?? 'LINUX'
  return family
    .split('_')
    .map((word) => word.charAt(0) + word.slice(1).toLowerCase())
    .join(' ')
}

/** Fargate spreads tasks over Availability Zones (ECS Developer Guide, "Task placement"). */
function emptiestSubnet(world: World, subnets: readonly string[]): string {
  const [first = ''] = subnets
  return subnets.reduce(
    (best, subnet) => (world.tasks.count('subnet', subnet) < world.tasks.count('subnet', best) ? subnet : best),
    first,
  )
}
