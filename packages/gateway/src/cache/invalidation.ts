/**
 * Decides which cache entries a change makes stale. A change is the part of an account that a call to AWS, a recent
 * write or an ECS event may have changed: topics, a cluster, one resource. A call or an ARN of an unknown kind counts
 * as a change of everything.
 */
import { parseArn, shortName } from '@ecs-api/ecs-model'
import type { AwsWrite } from '../aws/calls/pipeline.ts'
import type { RecentWrite } from '../recent-writes/recent-writes.ts'

export type Topic = 'clusters' | 'services' | 'tasks' | 'task definitions'

/** The part of an account that may have changed. Processes send it to each other in peer messages. */
export interface Change {
  topics: readonly Topic[]
  /** The cluster's name; all clusters when absent. */
  cluster?: string
  /** The name or id of the only resource that changed; all resources of the topics when absent. */
  resource?: string
}

/** The change for an unknown action or an ARN of an unknown kind. */
export const changeOfEverything: Change = { topics: ['clusters', 'services', 'tasks', 'task definitions'] }

/** Returns the change by a recent write: a write of this gateway that AWS may not show yet. */
export function changeOfRecentWrite({ kind, name }: Pick<RecentWrite, 'kind' | 'name'>): Change {
  if (kind === 'cluster') return { topics: ['clusters'], cluster: name }
  if (kind === 'task') return { topics: ['tasks'], resource: name }
  if (kind === 'task definition') return { topics: ['task definitions'] }
  const [cluster = '', resource = ''] = name.split('/')
  return { topics: ['services'], cluster, resource }
}

/** Returns what a write to AWS may have changed. */
export function changeOfAwsWrite({ action, input }: AwsWrite): Change {
  if (/TaskDefinitions?$/.test(action)) return { topics: ['task definitions'] }
  if (/^(Tag|Untag)Resource$/.test(action)) return changeOfArn(text(input.resourceArn))
  if (/ServiceDeployment$/.test(action)) return changeOfArn(text(input.serviceDeploymentArn))
  const cluster = shortName(text(input.cluster ?? input.clusterName) || 'default')
  switch (action) {
    case 'CreateService':
    case 'UpdateService':
    case 'DeleteService':
      return { topics: ['services', 'tasks'], cluster, resource: shortName(text(input.service ?? input.serviceName)) }
    // RunTask creates tasks and changes none. No task has the id '', so only lists are invalidated.
    case 'RunTask':
      return { topics: ['tasks'], cluster, resource: '' }
    // A session changes nothing that a response shows.
    case 'ExecuteCommand':
      return { topics: [] }
    case 'StopTask':
      return { topics: ['tasks'], cluster, resource: shortName(text(input.task)) }
    default:
      return /Cluster/.test(action) ? { topics: ['clusters', 'services', 'tasks'], cluster } : changeOfEverything
  }
}

/** Returns the change of the resource with this ARN; `changeOfEverything` for an ARN of an unknown kind. */
export function changeOfArn(arn: string): Change {
  const [kind, cluster, name] = parseArn(arn)?.resource.split('/') ?? []
  if (kind === 'task-definition') return { topics: ['task definitions'] }
  if (kind === 'cluster' && cluster) return { topics: ['clusters'], cluster }
  if (kind === 'task' && cluster && name) return { topics: ['tasks'], cluster, resource: name }
  if ((kind === 'service' || kind === 'service-deployment') && cluster && name)
    return { topics: ['services', 'tasks'], cluster, resource: name }
  return changeOfEverything
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
