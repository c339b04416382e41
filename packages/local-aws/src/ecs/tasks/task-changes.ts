/**
 * Pure functions that return changes of a task's record. A change never takes a task back to an earlier status.
 */
import { createHash } from 'node:crypto'
import type { Container, ContainerDefinition, NetworkBinding } from '@aws-sdk/client-ecs'
import { type AwsJson, shortName } from '@ecs-api/ecs-model'
import { toEpochSeconds } from '../../clock.ts'
import type { ContainerObservation, TaskObservation } from '../../runtimes/runtime.ts'
import { managedAgentsAfter } from '../exec/managed-agents.ts'
import type { TaskRecord, TaskStatus } from '../records/task-record.ts'
import { privateDnsName } from './private-dns-name.ts'
import type { StopCause } from './stop-reasons.ts'
import { statusAsShown } from './task-answer.ts'

type TaskChange = Partial<Omit<TaskRecord, 'version'>>
type Health = 'HEALTHY' | 'UNHEALTHY' | 'UNKNOWN'

const statusOrder: readonly TaskStatus[] = [
  'PROVISIONING',
  'PENDING',
  'ACTIVATING',
  'RUNNING',
  'DEACTIVATING',
  'STOPPING',
  'DEPROVISIONING',
  'STOPPED',
]

/**
 * The task with the change applied, and with a new version where ECS counts one.
 * @throws Error when the status would go back: a defect of the engine.
 */
export function withChange(task: TaskRecord, change: TaskChange): TaskRecord {
  const next = { ...task, ...change }
  if (statusOrder.indexOf(next.lastStatus) < statusOrder.indexOf(task.lastStatus))
    throw new Error(`a task cannot go from ${task.lastStatus} to ${next.lastStatus}`)
  return isNewVersion(task, next) ? { ...next, version: task.version + 1 } : next
}

/**
 * ECS increases the version for each status that it shows, for a requested stop, and for each container that ends
 * before the last one while the task runs. Recorded responses show no increase for other changes: the pull, the network
 * interface, health, and containers that start or end in PENDING.
 */
function isNewVersion(task: TaskRecord, next: TaskRecord): boolean {
  if (statusAsShown(task) !== statusAsShown(next)) return true
  if (task.desiredStatus !== next.desiredStatus)
    return next.stopCode !== undefined && !unrequestedStops.has(next.stopCode)
  const runningCount = next.containers.filter(({ lastStatus }) => lastStatus === 'RUNNING').length
  const runningCountBefore = task.containers.filter(({ lastStatus }) => lastStatus === 'RUNNING').length
  return (
    task.lastStatus === 'RUNNING' &&
    task.desiredStatus === 'RUNNING' &&
    runningCount > 0 &&
    runningCount < runningCountBefore
  )
}

/** Stop codes of tasks whose stop was not requested. */
const unrequestedStops: ReadonlySet<string> = new Set(['EssentialContainerExited', 'TaskFailedToStart'])

/** Begins the stop of a task. Only the first cause is stored: later causes follow from it. */
export function stopWithCause(task: TaskRecord, cause: StopCause, now: number): TaskChange {
  if (task.desiredStatus === 'STOPPED') return {}
  return { desiredStatus: 'STOPPED', ...cause, stoppingAt: toEpochSeconds(now) }
}

/** The task's network interface with its details in ECS's order, attached to every container. */
export function attachmentChange(
  task: TaskRecord,
  status: string,
  { address, region }: { address: string; region: string },
): TaskChange {
  const [eni] = task.attachments ?? []
  if (!eni) return {}
  const seed = (eni.id ?? '').replaceAll('-', '')
  const details = [
    { name: 'subnetId', value: task.internal.subnet },
    { name: 'networkInterfaceId', value: `eni-${seed.slice(0, 17)}` },
    // A locally administered address, as EC2's are.
    { name: 'macAddress', value: `0a:${seed.slice(17, 27).match(/../g)?.join(':')}` },
    { name: 'privateDnsName', value: privateDnsName(address, region) },
    { name: 'privateIPv4Address', value: address },
  ]
  return {
    attachments: [{ ...eni, status, details }],
    containers: task.containers.map((container) => ({
      ...container,
      networkInterfaces: [{ attachmentId: eni.id, privateIpv4Address: address }],
    })),
  }
}

/** Begins to detach the network interface, if it was created. */
export function detachmentStart(task: TaskRecord): TaskChange {
  return {
    attachments: (task.attachments ?? []).map((attachment) =>
      attachment.status === 'PRECREATED' ? attachment : { ...attachment, status: 'DETACHING' },
    ),
  }
}

/** Deletes the network interface. ECS shows the id of one that was never created as `unset`. */
export function detachmentEnd(task: TaskRecord): TaskChange {
  const attachments = (task.attachments ?? []).map((attachment) => ({ ...attachment, status: 'DELETED' }))
  const [eni] = task.attachments ?? []
  if (eni?.status !== 'PRECREATED') return { attachments }
  const details = [...(eni.details ?? []), { name: 'networkInterfaceId', value: 'unset' }, { name: 'macAddress' }]
  return {
    attachments: attachments.map((attachment) => ({ ...attachment, details })),
    connectivity: 'CONNECTED',
    connectivityAt: task.stoppedAt,
    containers: task.containers.map((container) => ({ ...container, networkInterfaces: [{ attachmentId: eni.id }] })),
  }
}

/**
 * Begins the pull. From now on the task has a network, and each container has a runtime id: the task's id and digits
 * that depend only on the container's name.
 */
export function pullStart(task: TaskRecord, now: number): TaskChange {
  const containers = task.containers.map((container) => ({
    ...container,
    runtimeId: `${shortName(task.taskArn)}-${digitsOf(container.name ?? '')}`,
  }))
  return {
    connectivity: 'CONNECTED',
    connectivityAt: toEpochSeconds(now),
    pullStartedAt: toEpochSeconds(now),
    containers,
  }
}

/** Ends the pull. The keys of `digests` are container names. */
export function pullEnd(task: TaskRecord, digests: ReadonlyMap<string, string | undefined>, now: number): TaskChange {
  return { pullStoppedAt: toEpochSeconds(now), ...withDigests(task, digests) }
}

/** Adds image digests, which may be known before the pull has ended. The keys of `digests` are container names. */
export function withDigests(task: TaskRecord, digests: ReadonlyMap<string, string | undefined>): TaskChange {
  const containers = task.containers.map((container) => {
    const imageDigest = digests.get(container.name ?? '')
    return imageDigest ? { ...container, imageDigest } : container
  })
  return { containers }
}

/**
 * Removes the digests of a task whose resources (secrets, log groups) could not be fetched: ECS shows none (as
 * recorded).
 */
export function withoutDigests(task: TaskRecord): TaskChange {
  return {
    containers: task.containers.map(({ imageDigest, ...container }) =>
      container.lastStatus === 'PENDING' || !imageDigest ? container : { ...container, imageDigest },
    ),
  }
}

/** Stores why this container kept the task from starting. */
export function withContainerReason(task: TaskRecord, name: string, reason: string): TaskChange {
  return {
    containers: task.containers.map((container) => (container.name === name ? { ...container, reason } : container)),
  }
}

/**
 * Applies an observation of the runtime. Returns undefined when the observation has nothing new. A container that has
 * exited stays exited.
 */
export function withObservation(
  task: TaskRecord,
  definitions: readonly AwsJson<ContainerDefinition>[],
  observation: TaskObservation,
): TaskChange | undefined {
  const observed: Record<string, ContainerObservation> = { ...task.internal.observed }
  for (const [name, current] of observation.containers)
    if (observed[name]?.state !== 'exited' && current.state !== 'waiting') observed[name] = current
  if (JSON.stringify(observed) === JSON.stringify(task.internal.observed)) return undefined
  const containers = task.containers.map((container) => {
    const name = container.name ?? ''
    const current = observed[name]
    return current ? observedContainer(container, current, task.internal.ports?.[name]) : container
  })
  return {
    containers,
    healthStatus: taskHealthOf(definitions, containers) ?? 'UNKNOWN',
    internal: { ...task.internal, observed },
  }
}

function observedContainer(
  container: AwsJson<Container>,
  observation: ContainerObservation,
  bindings: AwsJson<NetworkBinding>[] | undefined,
): AwsJson<Container> {
  switch (observation.state) {
    case 'waiting':
      return container
    case 'running':
      return {
        ...container,
        lastStatus: 'RUNNING',
        ...managedAgentsAfter(container, observation),
        healthStatus: observation.health ?? 'UNKNOWN',
        networkBindings: bindings ?? container.networkBindings ?? [],
      }
    case 'exited':
      return {
        ...container,
        lastStatus: 'STOPPED',
        ...managedAgentsAfter(container, observation),
        healthStatus: container.healthStatus ?? 'UNKNOWN',
        networkBindings: container.networkBindings ?? [],
        ...(observation.exitCode !== undefined && { exitCode: observation.exitCode }),
        ...(observation.reason !== undefined && { reason: observation.reason }),
      }
  }
}

/**
 * The task's health, from its essential containers that have a health check (Developer Guide, "Determine task health").
 * Undefined when there are no such containers.
 */
export function taskHealthOf(
  definitions: readonly AwsJson<ContainerDefinition>[],
  containers: readonly AwsJson<Container>[],
): Health | undefined {
  const checked = definitions.filter(({ healthCheck, essential }) => healthCheck && essential !== false)
  if (checked.length === 0) return undefined
  const states = checked.map(
    ({ name }) => containers.find((container) => container.name === name)?.healthStatus ?? 'UNKNOWN',
  )
  if (states.includes('UNHEALTHY')) return 'UNHEALTHY'
  return states.every((state) => state === 'HEALTHY') ? 'HEALTHY' : 'UNKNOWN'
}

/** The name of an essential container that has ended, which stops the task. */
export function findEndedEssentialContainer(
  task: TaskRecord,
  definitions: readonly AwsJson<ContainerDefinition>[],
): string | undefined {
  return definitions.find(
    ({ name = '', essential }) => essential !== false && task.internal.observed[name]?.state === 'exited',
  )?.name
}

/**
 * When the last container ended, in milliseconds since 1970; `now` when no container has run.
 */
export function executionEndedAtMs({ internal }: TaskRecord, now: number): number {
  const ends = Object.values(internal.observed).flatMap((observation) =>
    observation.state === 'exited' ? [observation.at] : [],
  )
  return ends.length > 0 ? Math.max(...ends) : now
}

/** Marks all containers as STOPPED, also those that never ran. */
export function allContainersStoppedChange(task: TaskRecord): TaskChange {
  const ended = { state: 'exited', at: 0 } as const
  return {
    containers: task.containers.map((container) => ({
      ...container,
      lastStatus: 'STOPPED',
      ...managedAgentsAfter(container, ended),
    })),
  }
}

function digitsOf(name: string): string {
  return String(createHash('sha256').update(name).digest().readUInt32BE(0)).padStart(10, '0')
}
