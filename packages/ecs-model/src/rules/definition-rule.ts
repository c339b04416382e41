/** Makers of rules on RegisterTaskDefinition and on each of its containers. */
import type { ContainerDefinition, RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import type { AwsJson } from '../wire.ts'
import { type Finding, type OriginWithDefaultCode, type Path, type Rule, type RuleContext, rule } from './rule.ts'

export type TaskDefinitionInput = Partial<AwsJson<RegisterTaskDefinitionRequest>>
export type Container = Partial<AwsJson<ContainerDefinition>>

const requestStructure = 'RegisterTaskDefinitionRequest'

/** A rule on a task definition as a whole. */
export function taskDefinitionRule(
  { evidence, code = 'ClientException' }: OriginWithDefaultCode,
  find: (input: TaskDefinitionInput, context: RuleContext) => Iterable<Finding>,
): Rule {
  return rule<TaskDefinitionInput>({ on: requestStructure, code, evidence }, (input, _, context) =>
    find(input, context),
  )
}

/** A rule on each container of a task definition. It does not apply to daemon task definitions. */
export function containerRule(
  { evidence, code = 'ClientException' }: OriginWithDefaultCode,
  find: (container: Container, input: TaskDefinitionInput) => Iterable<Finding>,
): Rule {
  return rule<Container, TaskDefinitionInput>({ on: 'ContainerDefinition', code, evidence }, find)
}

export const isFargate = (input: TaskDefinitionInput) => input.requiresCompatibilities?.includes('FARGATE') ?? false
export const isAwsvpc = (input: TaskDefinitionInput) => input.networkMode === 'awsvpc'
export const isWindows = ({ runtimePlatform }: TaskDefinitionInput) =>
  runtimePlatform?.operatingSystemFamily?.startsWith('WINDOWS') ?? false
export const containersOf = (input: TaskDefinitionInput): Container[] => input.containerDefinitions ?? []

/** A container's name for messages. Empty when the container has none, which another rule reports. */
export const containerName = ({ name }: Container) => name ?? ''

/** The items of a list in each container, with the path of each item. */
export function* itemsOfContainers<M extends keyof Container>(
  input: TaskDefinitionInput,
  member: M,
): Iterable<[item: NonNullable<Container[M]> extends (infer I)[] ? I : never, path: Path, container: Container]> {
  for (const [i, container] of containersOf(input).entries())
    for (const [j, item] of ((container[member] ?? []) as never[]).entries())
      yield [item, ['containerDefinitions', i, member, j], container]
}
