/** What RegisterTaskDefinition refuses, whatever is compatible with what. Fargate's own lacks are in fargate.ts. */
import type { ContainerDefinition, HealthCheck, RegisterTaskDefinitionRequest, Tag } from '@aws-sdk/client-ecs'
import { cpuUnits, memoryMiB } from '../fargate-sizes.ts'
import type { Wire } from '../wire.ts'
import { type Finding, type Rule, rule } from './rule.ts'

export type TaskDefinitionInput = Partial<Wire<RegisterTaskDefinitionRequest>>
export type Container = Partial<Wire<ContainerDefinition>>

const name = /^[a-zA-Z0-9\-_]{1,255}$/
const task = 'RegisterTaskDefinitionRequest'

function onTask(source: string, find: (input: TaskDefinitionInput) => Iterable<Finding>, code = 'ClientException'): Rule {
  return rule<TaskDefinitionInput>(task, code, source, find)
}

function onContainer(source: string, find: (container: Container, input: TaskDefinitionInput) => Iterable<Finding>, code = 'ClientException'): Rule {
  return rule<Container, TaskDefinitionInput>('ContainerDefinition', code, source, find)
}

export const isAwsvpc = (input: TaskDefinitionInput) => input.networkMode === 'awsvpc'
const containersOf = (input: TaskDefinitionInput): Container[] => input.containerDefinitions ?? []

export const taskDefinitionRules: readonly Rule[] = [
  onTask('V P', function* (input) {
    if (input.containerDefinitions?.length === 0) yield [['containerDefinitions'], 'Container list cannot be empty']
  }),
  onTask('V layer0#441', function* (input) {
    if (input.family !== undefined && !name.test(input.family))
      yield [['family'], 'Family contains invalid characters', 'Up to 255 letters, digits, - and _.']
  }),
  onTask('V P', function* (input) {
    const seen = new Set<string>()
    for (const [i, container] of containersOf(input).entries()) {
      if (container.name && seen.has(container.name))
        yield [['containerDefinitions', i, 'name'], 'Container names must be unique within a task definition']
      if (container.name) seen.add(container.name)
    }
  }),
  onTask('V S', function* (input) {
    const containers = containersOf(input)
    if (containers.length > 0 && containers.every((container) => container.essential === false))
      yield [['containerDefinitions'], "Task definition doesn't have any essential container."]
  }),
  onTask('doc: Amazon ECS service quotas', function* (input) {
    if (containersOf(input).length > 10) yield [['containerDefinitions'], 'A task definition can have at most 10 containers.']
  }),
  onTask(
    'V S',
    function* (input) {
      if (input.cpu !== undefined && cpuUnits(input.cpu) === undefined)
        yield [['cpu'], "Invalid 'cpu' setting for task.", 'CPU units as 256, or as ".25 vCPU".']
      if (input.memory !== undefined && memoryMiB(input.memory) === undefined)
        yield [['memory'], "Invalid 'memory' setting for task.", 'MiB as 512, or as "0.5 GB".']
    },
    'InvalidParameterException',
  ),
  onTask('V P', function* (input) {
    const limit = cpuUnits(input.cpu ?? '') ?? Number.POSITIVE_INFINITY
    const sum = containersOf(input).reduce((total, container) => total + (container.cpu ?? 0), 0)
    if (sum > limit) yield [['cpu'], "The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'."]
  }),
  onTask('V S', function* (input) {
    yield* dependencyFaults(containersOf(input))
  }),
  onTask('V Q', function* (input) {
    if (input.executionRoleArn) return
    for (const [i, container] of containersOf(input).entries())
      if (container.secrets?.length || container.logConfiguration?.secretOptions?.length)
        yield [
          ['containerDefinitions', i, container.secrets?.length ? 'secrets' : 'logConfiguration'],
          "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'",
        ]
  }),
  onTask('V P', function* (input) {
    const volumes = new Set(input.volumes?.map((volume) => volume.name))
    for (const [i, container] of containersOf(input).entries())
      for (const [j, mount] of (container.mountPoints ?? []).entries())
        if (mount.sourceVolume !== undefined && !volumes.has(mount.sourceVolume))
          yield [['containerDefinitions', i, 'mountPoints', j, 'sourceVolume'], `Unknown volume '${mount.sourceVolume}'.`]
  }),
  onTask('V P', function* (input) {
    if (!isAwsvpc(input)) return
    const seen = new Set<string>()
    for (const [i, container] of containersOf(input).entries())
      for (const [j, port] of (container.portMappings ?? []).entries()) {
        if (port.name && seen.has(port.name))
          yield [['containerDefinitions', i, 'portMappings', j, 'name'], 'When networkMode=awsvpc, port mapping name is already used']
        if (port.name) seen.add(port.name)
      }
  }),
  onTask('V P', function* ({ ephemeralStorage }) {
    const size = ephemeralStorage?.sizeInGiB
    if (size !== undefined && size < 21) yield [['ephemeralStorage', 'sizeInGiB'], 'EphemeralStorage size should be at least 21']
    if (size !== undefined && size > 200) yield [['ephemeralStorage', 'sizeInGiB'], 'EphemeralStorage size should be at most 200']
  }),
  onContainer('V Q', function* (container) {
    if (container.image === undefined || container.image === '') yield [['image'], 'Container.image should not be null or empty.']
  }),
  // The texts are unverified, that a container needs a name is not (API Reference, ContainerDefinition): a map of containers could not show it.
  onContainer('doc: ContainerDefinition', function* (container) {
    if (container.name === undefined || container.name === '') yield [['name'], 'Container.name should not be null or empty.']
    else if (!name.test(container.name)) yield [['name'], 'Container.name contains invalid characters.', 'Up to 255 letters, digits, - and _.']
  }),
  onContainer('V', function* (container, input) {
    if (container.memory !== undefined && input.memory !== undefined && container.memory > (memoryMiB(input.memory) ?? 0))
      yield [['memory'], `The 'memory' setting for container '${container.name}' is greater than for the task.`]
    if (container.memory !== undefined && container.memoryReservation !== undefined && container.memory < container.memoryReservation)
      yield [
        ['memory'],
        `Invalid setting for container '${container.name}'. 'memory' must be greater than or equal to 'memoryReservation' if both are provided.`,
      ]
  }),
  onContainer('V cuttlesoft/ecs-deploy.py#17', function* (container, input) {
    const fargate = input.requiresCompatibilities?.includes('FARGATE')
    if (!fargate && input.memory === undefined && container.memory === undefined && container.memoryReservation === undefined)
      yield [[], `Invalid setting for container '${container.name}'. At least one of 'memory' or 'memoryReservation' must be specified.`]
  }),
  onContainer('V Q', function* (container, input) {
    if (!isAwsvpc(input)) return
    for (const [j, port] of (container.portMappings ?? []).entries())
      if (port.hostPort !== undefined && port.hostPort !== 0 && port.hostPort !== port.containerPort)
        yield [['portMappings', j, 'hostPort'], 'When networkMode=awsvpc, the host ports and container ports in port mappings must match.']
  }),
  onContainer('doc: PortMapping', function* (container) {
    for (const [j, port] of (container.portMappings ?? []).entries())
      for (const member of ['containerPort', 'hostPort'] as const) {
        const value = port[member]
        const least = member === 'hostPort' ? 0 : 1
        if (value !== undefined && (value < least || value > 65535))
          yield [['portMappings', j, member], `Invalid ${member} ${value} for container '${container.name}': ports are ${least} to 65535.`]
      }
  }),
  onContainer('V S', function* (container) {
    if (container.stopTimeout !== undefined && container.stopTimeout < 2)
      yield [['stopTimeout'], `Granular stop timeout on container '${container.name}' must be at least 2 seconds.`]
  }),
  onContainer('u', function* (container) {
    if (container.startTimeout !== undefined && container.startTimeout < 2)
      yield [['startTimeout'], `Granular start timeout on container '${container.name}' must be at least 2 seconds.`]
  }),
  onContainer('V P', function* (container) {
    const period = container.restartPolicy?.restartAttemptPeriod
    if (period !== undefined && (period < 60 || period > 1800))
      yield [
        ['restartPolicy', 'restartAttemptPeriod'],
        `The 'restartAttemptPeriod' setting for container '${container.name}' must be between 60 and 1800.`,
      ]
  }),
  onContainer('V P', function* (container) {
    for (const [member, most] of healthCheckMaxima) {
      const value = container.healthCheck?.[member]
      if (value !== undefined && value > most)
        yield [
          ['healthCheck', member],
          `Health check ${member} must be less than or equal to the maximum allowed value ${most} for container '${container.name}'`,
        ]
    }
  }),
  onContainer('u', function* (container) {
    for (const [member, least] of healthCheckMinima) {
      const value = container.healthCheck?.[member]
      if (value !== undefined && value < least)
        yield [
          ['healthCheck', member],
          `Health check ${member} must be greater than or equal to the minimum allowed value ${least} for container '${container.name}'`,
        ]
    }
  }),
  rule<Partial<Tag>>('Tag', 'ClientException', 'V S', function* (tag) {
    if (tag.value === undefined) yield [['value'], 'Tag value can not be null.']
  }),
  // A name that is missing could not be a key of a map; ECS's own text for it was not found.
  rule<{ name?: string }>('KeyValuePair', 'ClientException', 'doc: KeyValuePair', function* (pair) {
    if (!pair.name) yield [['name'], 'The name of a name-value pair can not be null or empty.']
  }),
]

const healthCheckMaxima: [keyof HealthCheck & ('timeout' | 'interval' | 'startPeriod' | 'retries'), number][] = [
  ['timeout', 60],
  ['interval', 300],
  ['startPeriod', 300],
  ['retries', 10],
]
const healthCheckMinima: typeof healthCheckMaxima = [
  ['timeout', 2],
  ['interval', 5],
  ['startPeriod', 0],
  ['retries', 1],
]

function* dependencyFaults(containers: Container[]): Iterable<Finding> {
  const byName = new Map(containers.map((container) => [container.name, container]))
  for (const [i, container] of containers.entries())
    for (const [j, dependency] of (container.dependsOn ?? []).entries()) {
      const at = ['containerDefinitions', i, 'dependsOn', j] as const
      const target = byName.get(dependency.containerName)
      if (!target) yield [[...at, 'containerName'], `Cannot depend on container + '${dependency.containerName}' because it does not exist`]
      else if (dependency.condition === 'HEALTHY' && !target.healthCheck)
        yield [[...at, 'condition'], 'A dependency container with HEALTHY condition must have health check configured']
      else if ((dependency.condition === 'SUCCESS' || dependency.condition === 'COMPLETE') && target.essential !== false)
        yield [[...at, 'condition'], 'A dependency container with SUCCESS or COMPLETE condition cannot be an essential container']
    }
  const inCycle = firstInCycle(containers)
  if (inCycle !== undefined) yield [['containerDefinitions', inCycle, 'dependsOn'], 'Container dependsOn contains a cycle']
}

/** The place of a container that depends on itself by way of others. Step by step, each once: a body can name thousands, one after another. */
function firstInCycle(containers: Container[]): number | undefined {
  const places = new Map(containers.map(({ name }, place) => [name, place]))
  const seen = new Map<number, { tried: number; isOnPath: boolean }>()
  for (const start of containers.keys()) {
    const path: number[] = []
    const enter = (place: number) => {
      seen.set(place, { tried: 0, isOnPath: true })
      path.push(place)
    }
    if (!seen.has(start)) enter(start)
    while (path.length > 0) {
      const here = path.at(-1)!
      const state = seen.get(here)!
      const dependency = containers[here]!.dependsOn?.[state.tried++]
      if (!dependency) {
        state.isOnPath = false
        path.pop()
        continue
      }
      const next = places.get(dependency.containerName)
      if (next === undefined) continue
      if (seen.get(next)?.isOnPath) return path.slice(path.indexOf(next)).reduce((first, place) => Math.min(first, place))
      if (!seen.has(next)) enter(next)
    }
  }
  return undefined
}
