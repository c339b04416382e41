/**
 * The responses of the task metadata endpoint version 4 (ECS Developer Guide, "Amazon ECS task metadata endpoint
 * version 4 for tasks on Fargate"). They lack clock drift and the use of ephemeral storage, which this engine does not
 * know.
 */
import type { Container, ContainerDefinition, LogConfiguration } from '@aws-sdk/client-ecs'
import { type AwsJson, parseCpuUnits, parseMemoryMiB, shortName } from '@ecs-api/ecs-model'
import type { EcsTables } from '../records/ecs-tables.ts'
import type { TaskRecord } from '../records/task-record.ts'
import { awslogsStreamName } from '../tasks/awslogs-stream.ts'
import { cidrOf } from '../tasks/subnets.ts'
import { statusAsShown } from '../tasks/task-answer.ts'
import { containersWithOverrides, definitionOf } from '../tasks/task-spec.ts'
import { availabilityZoneId } from './availability-zone-id.ts'

type Json = Record<string, unknown>

/** The kernel's minimum, for a container whose definition has no CPU units or 0. */
const MIN_CPU_SHARES = 2

/** The DNS settings and the gateway of the tasks' network. */
export interface TaskDns {
  servers: readonly string[]
  search: readonly string[]
  /** The gateway with the prefix length of the network: `10.77.0.1/16`. */
  gateway: string
}

/** The response to `${ECS_CONTAINER_METADATA_URI_V4}`. */
export function containerMetadata(ecsTables: EcsTables, task: TaskRecord, name: string, dns?: TaskDns): Json {
  const container = task.containers.find((candidate) => candidate.name === name)
  const definition = containersWithOverrides(ecsTables, task).find((candidate) => candidate.name === name)
  return container ? metadataOfContainer(ecsTables, task, container, definition, dns) : {}
}

/** The response to `${ECS_CONTAINER_METADATA_URI_V4}/task`, with tags for `…/taskWithTags`. */
export function taskMetadata(
  ecsTables: EcsTables,
  task: TaskRecord,
  { withTags = false, dns }: { withTags?: boolean; dns?: TaskDns | undefined } = {},
): Json {
  const definitions = new Map(
    containersWithOverrides(ecsTables, task).map((definition) => [definition.name, definition]),
  )
  const { family, revision, enableFaultInjection = false } = definitionOf(ecsTables, task)
  const service = /^service:(.+)$/.exec(task.group ?? '')?.[1]
  return {
    Cluster: task.clusterArn,
    TaskARN: task.taskArn,
    Family: family,
    Revision: String(revision),
    ...(service && { ServiceName: service }),
    Group: task.group,
    DesiredStatus: task.desiredStatus,
    KnownStatus: statusAsShown(task),
    Limits: taskLimits(task),
    PullStartedAt: isoFromSeconds(task.pullStartedAt),
    PullStoppedAt: isoFromSeconds(task.pullStoppedAt),
    ExecutionStoppedAt: isoFromSeconds(task.executionStoppedAt),
    AvailabilityZone: task.availabilityZone,
    AvailabilityZoneID: task.availabilityZone && availabilityZoneId(task.availabilityZone),
    LaunchType: task.launchType,
    FaultInjectionEnabled: enableFaultInjection,
    Containers: task.containers.map((container) =>
      metadataOfContainer(ecsTables, task, container, definitions.get(container.name), dns),
    ),
    ...(withTags && { TaskTags: Object.fromEntries((task.tags ?? []).map((tag) => [tag.key, tag.value])) }),
  }
}

/** The CPU limit is a number of vCPUs, unlike in ECS's API, which has CPU units. */
function taskLimits({ cpu, memory }: TaskRecord): Json {
  const units = parseCpuUnits(cpu ?? '')
  return {
    ...(units !== undefined && { CPU: units / 1024 }),
    ...(memory !== undefined && { Memory: parseMemoryMiB(memory) }),
  }
}

function metadataOfContainer(
  ecsTables: EcsTables,
  task: TaskRecord,
  container: AwsJson<Container>,
  definition: AwsJson<ContainerDefinition> | undefined,
  dns: TaskDns | undefined,
): Json {
  const name = container.name ?? ''
  const { family, revision } = definitionOf(ecsTables, task)
  const limits = {
    CPU: definition?.cpu || MIN_CPU_SHARES,
    ...(definition?.memory !== undefined && { Memory: definition.memory }),
  }
  const logConfiguration = definition?.logConfiguration
  return {
    DockerId: container.runtimeId,
    Name: name,
    DockerName: name,
    Image: container.image,
    ImageID: container.imageDigest,
    Labels: {
      'com.amazonaws.ecs.cluster': task.clusterArn,
      'com.amazonaws.ecs.container-name': name,
      'com.amazonaws.ecs.task-arn': task.taskArn,
      'com.amazonaws.ecs.task-definition-family': family,
      'com.amazonaws.ecs.task-definition-version': String(revision),
    },
    DesiredStatus: task.desiredStatus,
    KnownStatus: container.lastStatus,
    ...(container.exitCode !== undefined && { ExitCode: container.exitCode }),
    Limits: limits,
    ...containerTimes(task, name),
    Type: 'NORMAL',
    ...(definition?.healthCheck && { Health: { status: container.healthStatus ?? 'UNKNOWN' } }),
    ...(logConfiguration && {
      LogDriver: logConfiguration.logDriver,
      LogOptions: logOptions(logConfiguration, name, shortName(task.taskArn)),
    }),
    ContainerARN: container.containerArn,
    Networks: [networkMetadata(ecsTables, task, dns)],
    Snapshotter: 'overlayfs',
  }
}

/** When the container started and ended, as the runtime observed it. */
function containerTimes(task: TaskRecord, name: string): Json {
  const observation = task.internal.observed[name]
  if (observation?.state === 'running')
    return { CreatedAt: isoFromMs(observation.since), StartedAt: isoFromMs(observation.since) }
  if (observation?.state !== 'exited') return {}
  const started =
    observation.since === undefined
      ? {}
      : { CreatedAt: isoFromMs(observation.since), StartedAt: isoFromMs(observation.since) }
  return { ...started, FinishedAt: isoFromMs(observation.at) }
}

/**
 * The options of the log driver that are in effect. For awslogs they have the stream's name instead of its prefix, and
 * the mode that is the default on ECS.
 */
function logOptions({ logDriver, options = {} }: AwsJson<LogConfiguration>, container: string, taskId: string): Json {
  if (logDriver !== 'awslogs') return options
  const { 'awslogs-stream-prefix': prefix, ...others } = options
  return { mode: 'non-blocking', ...others, 'awslogs-stream': awslogsStreamName(prefix, container, taskId) }
}

function networkMetadata(ecsTables: EcsTables, task: TaskRecord, dns: TaskDns | undefined): Json {
  const { subnet, address = '' } = task.internal
  const details = new Map(
    task.attachments?.flatMap((attachment) => attachment.details ?? []).map((detail) => [detail.name, detail.value]),
  )
  return {
    NetworkMode: 'awsvpc',
    IPv4Addresses: [address],
    AttachmentIndex: 0,
    MACAddress: details.get('macAddress'),
    IPv4SubnetCIDRBlock: cidrOf(ecsTables, subnet),
    ...(dns && {
      DomainNameServers: dns.servers,
      DomainNameSearchList: dns.search,
      SubnetGatewayIpv4Address: dns.gateway,
    }),
    PrivateDNSName: details.get('privateDnsName'),
  }
}

function isoFromSeconds(seconds: number | undefined): string | undefined {
  return seconds === undefined ? undefined : isoFromMs(seconds * 1000)
}

function isoFromMs(ms: number): string {
  return new Date(ms).toISOString()
}

/** A container's id in the endpoint's paths: its runtime id, which on Fargate is the task's id and ten digits. */
export function containerId(task: TaskRecord, name: string): string {
  return task.containers.find((container) => container.name === name)?.runtimeId ?? `${shortName(task.taskArn)}-${name}`
}
