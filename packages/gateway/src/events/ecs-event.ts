/**
 * Reads an ECS event from a message of EventBridge (ECS Developer Guide, "Amazon ECS events"). Only the names of
 * resources are used, because any program that can write to the queue could forge an event.
 */
import { shortName } from '@ecs-api/ecs-model'
import { type Change, changeOfArn } from '../cache/invalidation.ts'

export interface EcsEvent {
  /** The time of the event, exact to a second: milliseconds since 1970. */
  at?: number
  /** The resources that may have changed. */
  changes: Change[]
  /** A resource whose data ECS will soon remove: a stopped task, or a service with a new event. */
  expiringResource?: { kind: 'task' | 'service'; cluster: string; name: string }
}

/** Returns undefined for a message that is not an ECS event of the Region. */
export function parseEcsEvent(body: string, region: string): EcsEvent | undefined {
  const event = objectIn(parseJson(body))
  if (event?.source !== 'aws.ecs' || event.region !== region) return undefined
  const at = Date.parse(text(event.time))
  return { ...resourcesIn(event), ...(Number.isFinite(at) && { at }) }
}

function resourcesIn(event: Record<string, unknown>): Omit<EcsEvent, 'at'> {
  const detail = objectIn(event.detail) ?? {}
  const clusterArn = text(detail.clusterArn)
  const [arn] = Array.isArray(event.resources) ? event.resources : []
  switch (event['detail-type']) {
    case 'ECS Task State Change': {
      const [name, cluster] = [shortName(text(detail.taskArn)), shortName(clusterArn)]
      const changes = changesOfTask(name, cluster, text(detail.group))
      return detail.lastStatus === 'STOPPED'
        ? { changes, expiringResource: { kind: 'task', cluster, name } }
        : { changes }
    }
    case 'ECS Service Action':
    case 'ECS Deployment State Change': {
      const change = changeOfService(text(arn), clusterArn)
      const { cluster, resource: name } = change
      return { changes: [change], ...(cluster && name && { expiringResource: { kind: 'service', cluster, name } }) }
    }
    default:
      return { changes: [] }
  }
}

/** Returns the changes for a task's event: the change of the task, and of its service if it has one. */
function changesOfTask(id: string, cluster: string, group: string): Change[] {
  const task: Change = { topics: ['tasks'], cluster, resource: id }
  const service = group.startsWith('service:') ? group.slice('service:'.length) : undefined
  return service === undefined ? [task] : [task, { topics: ['services'], cluster, resource: service }]
}

/**
 * Returns the change of a service. Its cluster may be unknown: ARNs in the old format do not have the cluster's name,
 * and events of deployments have no `clusterArn`.
 */
function changeOfService(arn: string, clusterArn: string): Change {
  const change = changeOfArn(arn)
  if (change.cluster !== undefined) return change
  return {
    topics: ['services', 'tasks'],
    resource: shortName(arn),
    ...(clusterArn !== '' && { cluster: shortName(clusterArn) }),
  }
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

function objectIn(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
