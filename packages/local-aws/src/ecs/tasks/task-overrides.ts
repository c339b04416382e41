/** A task's overrides: merged over its definition, and checked by the rules for definitions. */
import type { ContainerDefinition, ContainerOverride, TaskOverride } from '@aws-sdk/client-ecs'
import { type AwsJson, faultsOf } from '@ecs-api/ecs-model'
import { AwsError } from '../../protocol/aws-error.ts'
import type { TaskDefinitionRecord } from '../records/task-definition-record.ts'

/**
 * @throws AwsError for a container that the definition lacks, and for an overridden definition that
 * RegisterTaskDefinition would reject.
 */
export function checkOverrides(definition: TaskDefinitionRecord, overrides: AwsJson<TaskOverride> = {}): void {
  const { containerOverrides = [], cpu, memory, ephemeralStorage } = overrides
  for (const { name } of containerOverrides)
    if (!definition.containerDefinitions?.some((container) => container.name === name))
      throw new AwsError(
        'InvalidParameterException',
        `Override for container named ${name} is not a container in the TaskDefinition.`,
      )
  if (containerOverrides.length === 0 && cpu === undefined && memory === undefined && ephemeralStorage === undefined)
    return
  const onFargate = { ...definition, requiresCompatibilities: ['FARGATE'] }
  const messagesBefore = new Set(faultsOf('RegisterTaskDefinition', onFargate).map(({ message }) => message))
  const faultsAfter = faultsOf('RegisterTaskDefinition', {
    ...onFargate,
    ...(cpu !== undefined && { cpu }),
    ...(memory !== undefined && { memory }),
    ...(ephemeralStorage && { ephemeralStorage }),
    containerDefinitions: definition.containerDefinitions?.map((container) =>
      withOverrides(container, containerOverrides),
    ),
  })
  const fault = faultsAfter.find(({ message }) => !messagesBefore.has(message))
  if (fault) throw new AwsError(fault.code, fault.message)
}

/** Environment variables are merged by name; every other member is replaced (API Reference, ContainerOverride). */
export function withOverrides(
  definition: AwsJson<ContainerDefinition>,
  overrides: readonly AwsJson<ContainerOverride>[],
): AwsJson<ContainerDefinition> {
  const override = overrides.find(({ name }) => name === definition.name)
  if (!override) return definition
  const { name: _, environment, environmentFiles, ...rest } = override
  return {
    ...definition,
    ...rest,
    ...(environment && {
      environment: [
        ...new Map([...(definition.environment ?? []), ...environment].map((pair) => [pair.name, pair])).values(),
      ],
    }),
    ...(environmentFiles && { environmentFiles: [...(definition.environmentFiles ?? []), ...environmentFiles] }),
  }
}
