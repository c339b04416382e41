/** An event as EventBridge puts it into a queue (ECS Developer Guide, "Amazon ECS events"), and what it says has happened: to what, and no more than that. */
import { shortName } from '@ecs-api/ecs-model'
import { type Touched, touchedByArn } from '../views/touched.ts'

/** What happened to what; undefined for a message that is no event of ECS in that Region. */
export function touchedByEvent(body: string, region: string): Touched[] | undefined {
  const event = objectIn(parsed(body))
  if (event?.source !== 'aws.ecs' || event.region !== region) return undefined
  const detail = objectIn(event.detail) ?? {}
  const clusterArn = text(detail.clusterArn)
  const [arn] = Array.isArray(event.resources) ? event.resources : []
  switch (event['detail-type']) {
    case 'ECS Task State Change':
      return ofTask(text(detail.taskArn), shortName(clusterArn), text(detail.group))
    case 'ECS Service Action':
    case 'ECS Deployment State Change':
      return [ofService(text(arn), clusterArn)]
    default:
      return []
  }
}

function ofTask(taskArn: string, cluster: string, group: string): Touched[] {
  const task: Touched = { topics: ['tasks'], cluster, only: shortName(taskArn) }
  const service = group.startsWith('service:') ? group.slice('service:'.length) : undefined
  return service === undefined ? [task] : [task, { topics: ['services'], cluster, only: service }]
}

/** ARNs of older accounts have no cluster in them, and events of deployments don't say it otherwise. */
function ofService(arn: string, clusterArn: string): Touched {
  const touched = touchedByArn(arn)
  if (touched.cluster !== undefined) return touched
  return { topics: ['services', 'tasks'], only: shortName(arn), ...(clusterArn !== '' && { cluster: shortName(clusterArn) }) }
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
