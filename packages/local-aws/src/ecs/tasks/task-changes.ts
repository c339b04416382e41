/** What a task's record becomes: pure steps, each a later state than the one before. */
import { createHash } from 'node:crypto'
import type { Container, ContainerDefinition, NetworkBinding } from '@aws-sdk/client-ecs'
import { shortName, type Wire } from '@ecs-api/ecs-model'
import { epochSeconds } from '../../clock.ts'
import type { ContainerObservation, TaskObservation } from '../../runtimes/runtime.ts'
import { agentsSeen } from '../exec/managed-agents.ts'
import type { TaskRecord, TaskStatus } from '../records/task-record.ts'
import { privateDnsName } from './private-dns-name.ts'
import type { StopCause } from './stop-reasons.ts'
import { shownStatus } from './task-answer.ts'

type Change = Partial<Omit<TaskRecord, 'version'>>
type Health = 'HEALTHY' | 'UNHEALTHY' | 'UNKNOWN'

const order: readonly TaskStatus[] = [
  'PROVISIONING',
  'PENDING',
  'ACTIVATING',
  'RUNNING',
  'DEACTIVATING',
  'STOPPING',
  'DEPROVISIONING',
  'STOPPED',
]

/** The task with the change made. A status never goes back: a change that says so is a mistake of ours. */
export function changed(task: TaskRecord, change: Change): TaskRecord {
  const next = { ...task, ...change }
  if (order.indexOf(next.lastStatus) < order.indexOf(task.lastStatus))
    throw new Error(`a task cannot go from ${task.lastStatus} to ${next.lastStatus}`)
  return isNewVersion(task, next) ? { ...next, version: task.version + 1 } : next
}

/**
 * ECS counts each status that it shows, somebody's wish that the task stops, and each container that ends before the others while the task
 * runs. All else comes with one of these (as recorded): the pull, the network interface, health, containers that start or end in PENDING.
 */
function isNewVersion(task: TaskRecord, next: TaskRecord): boolean {
  if (shownStatus(task) !== shownStatus(next)) return true
  if (task.desiredStatus !== next.desiredStatus) return next.stopCode !== undefined && !ofItself.has(next.stopCode)
  const running = next.containers.filter(({ lastStatus }) => lastStatus === 'RUNNING').length
  const before = task.containers.filter(({ lastStatus }) => lastStatus === 'RUNNING').length
  return task.lastStatus === 'RUNNING' && task.desiredStatus === 'RUNNING' && running > 0 && running < before
}

/** Stops that nobody asked for. */
const ofItself: ReadonlySet<string> = new Set(['EssentialContainerExited', 'TaskFailedToStart'])

/** What makes a task stop. The first cause stays: what happens on the way down explains nothing. */
export function stopping(task: TaskRecord, cause: StopCause, now: number): Change {
  if (task.desiredStatus === 'STOPPED') return {}
  return { desiredStatus: 'STOPPED', ...cause, stoppingAt: epochSeconds(now) }
}

/** The network interface is there, and every container is on it: its details in ECS's order. */
export function attachment(
  task: TaskRecord,
  status: string,
  { address, region }: { address: string; region: string },
): Change {
  const [eni] = task.attachments ?? []
  if (!eni) return {}
  const seed = (eni.id ?? '').replaceAll('-', '')
  const details = [
    { name: 'subnetId', value: task.engine.subnet },
    { name: 'networkInterfaceId', value: `eni-${seed.slice(0, 17)}` },
    // A locally administered address, as EC2's are.
    { name: 'macAddress', value: `0a:${seed.slice(17, 27).match(/../g)?.join(':')}` },
    { name: 'privateDnsName', value: privateDnsName(address, region) },
    { name: 'privateIPv4Address', value: address },
  ]
  return {
    attachments: [{ ...eni, status, details }],
    containers: task.containers.map((one) => ({
      ...one,
      networkInterfaces: [{ attachmentId: eni.id, privateIpv4Address: address }],
    })),
  }
}

/** The interface is going; one that never came to be is not. */
export function detaching(task: TaskRecord): Change {
  return {
    attachments: (task.attachments ?? []).map((one) =>
      one.status === 'PRECREATED' ? one : { ...one, status: 'DETACHING' },
    ),
  }
}

/** The interface is gone. Of one that never came to be, ECS tells that it was `unset`. */
export function detached(task: TaskRecord): Change {
  const attachments = (task.attachments ?? []).map((one) => ({ ...one, status: 'DELETED' }))
  const [eni] = task.attachments ?? []
  if (eni?.status !== 'PRECREATED') return { attachments }
  const details = [...(eni.details ?? []), { name: 'networkInterfaceId', value: 'unset' }, { name: 'macAddress' }]
  return {
    attachments: attachments.map((one) => ({ ...one, details })),
    connectivity: 'CONNECTED',
    connectivityAt: task.stoppedAt,
    containers: task.containers.map((container) => ({ ...container, networkInterfaces: [{ attachmentId: eni.id }] })),
  }
}

/** As the pull begins, the task has a network, and each container gets its id in the runtime: the task's id and digits that are the same for the same container name. */
export function pulling(task: TaskRecord, now: number): Change {
  const containers = task.containers.map((container) => ({
    ...container,
    runtimeId: `${shortName(task.taskArn)}-${digitsOf(container.name ?? '')}`,
  }))
  return { connectivity: 'CONNECTED', connectivityAt: epochSeconds(now), pullStartedAt: epochSeconds(now), containers }
}

export function pulled(task: TaskRecord, digests: ReadonlyMap<string, string | undefined>, now: number): Change {
  return { pullStoppedAt: epochSeconds(now), ...withDigests(task, digests) }
}

/** Digests of the images, known before the pull is over. */
export function withDigests(task: TaskRecord, digests: ReadonlyMap<string, string | undefined>): Change {
  const containers = task.containers.map((container) => {
    const imageDigest = digests.get(container.name ?? '')
    return imageDigest ? { ...container, imageDigest } : container
  })
  return { containers }
}

/** Nothing ran of a task whose resources could not be had, and no container is to blame: what they were to run is not told (as recorded). */
export function unresolved(task: TaskRecord): Change {
  return {
    containers: task.containers.map(({ imageDigest, ...one }) =>
      one.lastStatus === 'PENDING' || !imageDigest ? one : { ...one, imageDigest },
    ),
  }
}

/** Says why one container kept the task from starting. */
export function blamed(task: TaskRecord, name: string, reason: string): Change {
  return {
    containers: task.containers.map((container) => (container.name === name ? { ...container, reason } : container)),
  }
}

/** What the runtime sees, taken over. Undefined when it is nothing new. A container that has stopped stays stopped. */
export function observed(
  task: TaskRecord,
  definitions: readonly Wire<ContainerDefinition>[],
  observation: TaskObservation,
): Change | undefined {
  const observed: Record<string, ContainerObservation> = { ...task.engine.observed }
  for (const [name, seen] of observation.containers)
    if (observed[name]?.state !== 'exited' && seen.state !== 'waiting') observed[name] = seen
  if (JSON.stringify(observed) === JSON.stringify(task.engine.observed)) return undefined
  const containers = task.containers.map((container) => {
    const name = container.name ?? ''
    const seen = observed[name]
    return seen ? containerSeen(container, seen, task.engine.ports?.[name]) : container
  })
  return {
    containers,
    healthStatus: healthOf(definitions, containers) ?? 'UNKNOWN',
    engine: { ...task.engine, observed },
  }
}

function containerSeen(
  container: Wire<Container>,
  seen: ContainerObservation,
  bindings: Wire<NetworkBinding>[] | undefined,
): Wire<Container> {
  switch (seen.state) {
    case 'waiting':
      return container
    case 'running':
      return {
        ...container,
        lastStatus: 'RUNNING',
        ...agentsSeen(container, seen),
        healthStatus: seen.health ?? 'UNKNOWN',
        networkBindings: bindings ?? container.networkBindings ?? [],
      }
    case 'exited':
      return {
        ...container,
        lastStatus: 'STOPPED',
        ...agentsSeen(container, seen),
        healthStatus: container.healthStatus ?? 'UNKNOWN',
        networkBindings: container.networkBindings ?? [],
        ...(seen.exitCode !== undefined && { exitCode: seen.exitCode }),
        ...(seen.reason !== undefined && { reason: seen.reason }),
      }
  }
}

/** Of the essential containers that have a health check, as ECS counts (Developer Guide, "Determine task health"); undefined when none has. */
export function healthOf(
  definitions: readonly Wire<ContainerDefinition>[],
  containers: readonly Wire<Container>[],
): Health | undefined {
  const checked = definitions.filter(({ healthCheck, essential }) => healthCheck && essential !== false)
  if (checked.length === 0) return undefined
  const states = checked.map(
    ({ name }) => containers.find((container) => container.name === name)?.healthStatus ?? 'UNKNOWN',
  )
  if (states.includes('UNHEALTHY')) return 'UNHEALTHY'
  return states.every((state) => state === 'HEALTHY') ? 'HEALTHY' : 'UNKNOWN'
}

/** An essential container that has ended, and with it the task. */
export function endedEssential(
  task: TaskRecord,
  definitions: readonly Wire<ContainerDefinition>[],
): string | undefined {
  return definitions.find(
    ({ name = '', essential }) => essential !== false && task.engine.observed[name]?.state === 'exited',
  )?.name
}

/** When the last container ended, in milliseconds since 1970: by itself that is before the task is stopped for it. Of one that none ran in it is now. */
export function executionEnd({ engine }: TaskRecord, now: number): number {
  const ends = Object.values(engine.observed).flatMap((observation) =>
    observation.state === 'exited' ? [observation.at] : [],
  )
  return ends.length > 0 ? Math.max(...ends) : now
}

/** No container runs any more, whether one ever did or not. */
export function allStopped(task: TaskRecord): Change {
  const ended = { state: 'exited', at: 0 } as const
  return {
    containers: task.containers.map((container) => ({
      ...container,
      lastStatus: 'STOPPED',
      ...agentsSeen(container, ended),
    })),
  }
}

function digitsOf(name: string): string {
  return String(createHash('sha256').update(name).digest().readUInt32BE(0)).padStart(10, '0')
}
