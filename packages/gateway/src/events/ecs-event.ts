/** An event as EventBridge puts it into a queue (ECS Developer Guide, "Amazon ECS events"), and what it says has happened: to what, and no more than that. */
import { shortName } from '@ecs-api/ecs-model'
import { type Change, changeOfArn } from '../cache/invalidation.ts'

export interface EcsEvent {
  /** When it happened, to the second: milliseconds since 1970. */
  at?: number
  /** What happened to what. */
  change: Change[]
  /** What ECS will forget before long: a task that has stopped, or what a service has just told. */
  passing?: { kind: 'task' | 'service'; cluster: string; name: string }
}

/** Undefined for a message that is no event of ECS in that Region. */
export function ecsEvent(body: string, region: string): EcsEvent | undefined {
  const event = objectIn(parsed(body))
  if (event?.source !== 'aws.ecs' || event.region !== region) return undefined
  const at = Date.parse(text(event.time))
  return { ...toldBy(event), ...(Number.isFinite(at) && { at }) }
}

function toldBy(event: Record<string, unknown>): Omit<EcsEvent, 'at'> {
  const detail = objectIn(event.detail) ?? {}
  const clusterArn = text(detail.clusterArn)
  const [arn] = Array.isArray(event.resources) ? event.resources : []
  switch (event['detail-type']) {
    case 'ECS Task State Change': {
      const [name, cluster] = [shortName(text(detail.taskArn)), shortName(clusterArn)]
      const change = ofTask(name, cluster, text(detail.group))
      return detail.lastStatus === 'STOPPED' ? { change, passing: { kind: 'task', cluster, name } } : { change }
    }
    case 'ECS Service Action':
    case 'ECS Deployment State Change': {
      const change = ofService(text(arn), clusterArn)
      const { cluster, only: name } = change
      return { change: [change], ...(cluster && name && { passing: { kind: 'service', cluster, name } }) }
    }
    default:
      return { change: [] }
  }
}

function ofTask(id: string, cluster: string, group: string): Change[] {
  const task: Change = { topics: ['tasks'], cluster, only: id }
  const service = group.startsWith('service:') ? group.slice('service:'.length) : undefined
  return service === undefined ? [task] : [task, { topics: ['services'], cluster, only: service }]
}

/** ARNs of older accounts have no cluster in them, and events of deployments don't say it otherwise. */
function ofService(arn: string, clusterArn: string): Change {
  const change = changeOfArn(arn)
  if (change.cluster !== undefined) return change
  return {
    topics: ['services', 'tasks'],
    only: shortName(arn),
    ...(clusterArn !== '' && { cluster: shortName(clusterArn) }),
  }
}

function parsed(body: string): unknown {
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
