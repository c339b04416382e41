/** RegisterTaskDefinition: stores a definition with ECS's defaults and the members that ECS computes. */
import type {
  ContainerDefinition,
  PortMapping,
  RegisterTaskDefinitionRequest,
  RegisterTaskDefinitionResponse,
  Volume,
} from '@aws-sdk/client-ecs'
import { type AwsJson, ecsArn, faultsOf, parseCpuUnits, parseMemoryMiB } from '@ecs-api/ecs-model'
import { toEpochSeconds } from '../../clock.ts'
import { AwsError } from '../../protocol/aws-error.ts'
import type { TaskDefinitionRecord } from '../records/task-definition-record.ts'
import type { ActionContext } from './action.ts'
import { requiredAttributeNames } from './requires-attributes.ts'
import { checkTags } from './tag-rules.ts'

type Input = AwsJson<RegisterTaskDefinitionRequest>

/** Bytes ("Task definition size" in Amazon ECS service quotas). */
const MAX_DEFINITION_BYTES = 65_536

/**
 * Registers the next revision of a family.
 * @throws AwsError for invalid tags and for a definition that is too large. All other rules were applied to the input
 * before.
 */
export function registerTaskDefinition(
  { ecsTables, caller, clock }: ActionContext,
  input: Input,
): AwsJson<RegisterTaskDefinitionResponse> {
  const { tags = [], family = '', ...givenMembers } = input
  checkTags(tags)
  checkSize(input)
  const attributes = requiredAttributeNames(input)
  const revision = (ecsTables.newestRevisions.get(family) ?? 0) + 1
  const definition: TaskDefinitionRecord = {
    ...givenMembers,
    taskDefinitionArn: ecsArn(ecsTables, 'task-definition', `${family}:${revision}`),
    family,
    revision,
    status: 'ACTIVE',
    containerDefinitions:
      givenMembers.containerDefinitions?.map((container) => containerWithDefaults(container, input)) ?? [],
    volumes: (givenMembers.volumes ?? []).map(volumeWithDefaults),
    placementConstraints: givenMembers.placementConstraints ?? [],
    ...(attributes.length > 0 && { requiresAttributes: attributes.map((name) => ({ name })) }),
    compatibilities: compatibilities(input),
    ...(givenMembers.cpu !== undefined && { cpu: String(parseCpuUnits(givenMembers.cpu)) }),
    ...(givenMembers.memory !== undefined && { memory: String(parseMemoryMiB(givenMembers.memory)) }),
    registeredAt: toEpochSeconds(clock.now()),
    registeredBy: caller.arn,
    tags,
  }
  ecsTables.newestRevisions.set(family, revision)
  ecsTables.taskDefinitions.set(`${family}:${revision}`, definition)
  return taskDefinitionResponse(definition, { withTags: tags.length > 0 })
}

/** A definition in the form of ECS's responses. Tags are a member beside the definition, not in it. */
export function taskDefinitionResponse(
  { tags, ...taskDefinition }: TaskDefinitionRecord,
  { withTags = false }: { withTags?: boolean } = {},
): AwsJson<RegisterTaskDefinitionResponse> {
  return { taskDefinition, ...(withTags && { tags }) }
}

function checkSize({ tags: _, ...definition }: Input): void {
  const bytes = Buffer.byteLength(JSON.stringify(definition))
  if (bytes > MAX_DEFINITION_BYTES)
    throw new AwsError(
      'ClientException',
      `Actual length: '${bytes}'. Max allowed length is '${MAX_DEFINITION_BYTES}' bytes.`,
    )
}

function containerWithDefaults(
  container: AwsJson<ContainerDefinition>,
  { networkMode }: Input,
): AwsJson<ContainerDefinition> {
  return {
    ...container,
    cpu: container.cpu ?? 0,
    essential: container.essential ?? true,
    portMappings: container.portMappings?.map((mapping) => portWithDefaults(mapping, networkMode)) ?? [],
    environment: container.environment ?? [],
    mountPoints: container.mountPoints ?? [],
    volumesFrom: container.volumesFrom ?? [],
    systemControls: container.systemControls ?? [],
    // ECS's responses show these defaults (API Reference, HealthCheck).
    ...(container.healthCheck && { healthCheck: { interval: 30, timeout: 5, retries: 3, ...container.healthCheck } }),
  }
}

/** A file system without a directory is mounted at its root (API Reference, EFSVolumeConfiguration). */
function volumeWithDefaults(volume: AwsJson<Volume>): AwsJson<Volume> {
  const { efsVolumeConfiguration: efs } = volume
  return efs ? { ...volume, efsVolumeConfiguration: { ...efs, rootDirectory: efs.rootDirectory ?? '/' } } : volume
}

function portWithDefaults(mapping: AwsJson<PortMapping>, networkMode: string | undefined): AwsJson<PortMapping> {
  const usesContainerPort = networkMode === 'awsvpc' || networkMode === 'host'
  // A mapping with a port range has no containerPort and gets no host port: ECS chooses it (API Reference,
  // PortMapping).
  const hostPort =
    mapping.containerPort === undefined
      ? undefined
      : usesContainerPort
        ? mapping.containerPort
        : (mapping.hostPort ?? 0)
  return { ...mapping, ...(hostPort !== undefined && { hostPort }), protocol: mapping.protocol ?? 'tcp' }
}

/**
 * The compatibilities that ECS computes (as recorded), whatever `requiresCompatibilities` says. With awsvpc, a
 * definition is compatible with Fargate when it violates no rule of Fargate.
 */
function compatibilities(input: Input): TaskDefinitionRecord['compatibilities'] {
  if (input.networkMode !== 'awsvpc') return ['EXTERNAL', 'EC2']
  const fitsFargate =
    faultsOf('RegisterTaskDefinition', { ...input, requiresCompatibilities: ['FARGATE'] }).length === 0
  const isWindows = input.runtimePlatform?.operatingSystemFamily?.startsWith('WINDOWS') ?? false
  return ['EC2', ...(isWindows ? [] : ['MANAGED_INSTANCES' as const]), ...(fitsFargate ? ['FARGATE' as const] : [])]
}
