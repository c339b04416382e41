/** A stored task in the form that a runtime needs. */
import type { ContainerDefinition } from '@aws-sdk/client-ecs'
import { type AwsJson, cpuUnits, memoryMiB, shortName } from '@ecs-api/ecs-model'
import type { TaskSpec } from '../../runtimes/runtime.ts'
import type { EcsState } from '../records/state.ts'
import type { TaskDefinitionRecord } from '../records/task-definition-record.ts'
import type { TaskRecord } from '../records/task-record.ts'
import { privateDnsName } from './private-dns-name.ts'
import { cidrOf } from './subnets.ts'
import { withOverrides } from './task-overrides.ts'

/** The task in the form that a runtime needs. Call it only for a task that has an address. */
export function taskSpec(ecsState: EcsState, task: TaskRecord): TaskSpec {
  const { subnet, address = '' } = task.engineState
  const { runtimePlatform, volumes = [], pidMode } = definitionOf(ecsState, task)
  return {
    id: shortName(task.taskArn),
    arn: task.taskArn,
    clusterArn: task.clusterArn,
    definition: shortName(task.taskDefinitionArn),
    network: {
      address,
      hostname: privateDnsName(address, ecsState.region),
      subnet: { id: subnet, cidr: cidrOf(ecsState, subnet) },
    },
    platform: {
      operatingSystem: runtimePlatform?.operatingSystemFamily ?? 'LINUX',
      cpuArchitecture: runtimePlatform?.cpuArchitecture ?? 'X86_64',
    },
    cpu: task.cpu === undefined ? undefined : cpuUnits(task.cpu),
    memoryMiB: task.memory === undefined ? undefined : memoryMiB(task.memory),
    containers: containersOf(ecsState, task),
    volumes,
    sharesProcesses: pidMode === 'task',
  }
}

/** @throws Error when the definition is not stored: a defect of the engine. */
export function definitionOf(
  ecsState: EcsState,
  { taskDefinitionArn }: { taskDefinitionArn: string },
): TaskDefinitionRecord {
  const definition = ecsState.taskDefinitions.get(shortName(taskDefinitionArn))
  if (!definition) throw new Error(`the task definition ${taskDefinitionArn} is gone, though a task needs it`)
  return definition
}

/** The definition's containers with the task's overrides applied. */
export function containersOf(ecsState: EcsState, task: TaskRecord): AwsJson<ContainerDefinition>[] {
  const overrides = task.overrides?.containerOverrides ?? []
  return (definitionOf(ecsState, task).containerDefinitions ?? []).map((definition) =>
    withOverrides(definition, overrides),
  )
}
