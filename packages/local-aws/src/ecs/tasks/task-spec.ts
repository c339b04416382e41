/** Builds the specification of a stored task, with which a runtime runs the task. */
import type { ContainerDefinition } from '@aws-sdk/client-ecs'
import { type AwsJson, parseCpuUnits, parseMemoryMiB, shortName } from '@ecs-api/ecs-model'
import type { TaskSpec } from '../../runtimes/runtime.ts'
import type { EcsTables } from '../records/ecs-tables.ts'
import type { TaskDefinitionRecord } from '../records/task-definition-record.ts'
import type { TaskRecord } from '../records/task-record.ts'
import { privateDnsName } from './private-dns-name.ts'
import { cidrOf } from './subnets.ts'
import { withOverrides } from './task-overrides.ts'

/** The specification with which a runtime runs the task. Call it only for a task that has an address. */
export function taskSpec(ecsTables: EcsTables, task: TaskRecord): TaskSpec {
  const { subnet, address = '' } = task.internal
  const { runtimePlatform, volumes = [], pidMode } = definitionOf(ecsTables, task)
  return {
    id: shortName(task.taskArn),
    arn: task.taskArn,
    clusterArn: task.clusterArn,
    definition: shortName(task.taskDefinitionArn),
    network: {
      address,
      hostname: privateDnsName(address, ecsTables.region),
      subnet: { id: subnet, cidr: cidrOf(ecsTables, subnet) },
    },
    platform: {
      operatingSystem: runtimePlatform?.operatingSystemFamily ?? 'LINUX',
      cpuArchitecture: runtimePlatform?.cpuArchitecture ?? 'X86_64',
    },
    cpu: task.cpu === undefined ? undefined : parseCpuUnits(task.cpu),
    memoryMiB: task.memory === undefined ? undefined : parseMemoryMiB(task.memory),
    containers: containersWithOverrides(ecsTables, task),
    volumes,
    sharesProcesses: pidMode === 'task',
  }
}

/** @throws Error when the definition is not stored: a defect of the engine. */
export function definitionOf(
  ecsTables: EcsTables,
  { taskDefinitionArn }: { taskDefinitionArn: string },
): TaskDefinitionRecord {
  const definition = ecsTables.taskDefinitions.get(shortName(taskDefinitionArn))
  if (!definition) throw new Error(`the task definition ${taskDefinitionArn} is gone, though a task needs it`)
  return definition
}

/** The definition's containers with the task's overrides applied. */
export function containersWithOverrides(ecsTables: EcsTables, task: TaskRecord): AwsJson<ContainerDefinition>[] {
  const overrides = task.overrides?.containerOverrides ?? []
  return (definitionOf(ecsTables, task).containerDefinitions ?? []).map((definition) =>
    withOverrides(definition, overrides),
  )
}
