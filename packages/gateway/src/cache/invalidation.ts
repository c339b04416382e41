/** What a call to AWS may have changed: which views are not to be believed after it. */
import { parseArn, shortName } from '@ecs-api/ecs-model'
import type { AwsWrite } from '../aws/calls/pipeline.ts'
import type { OwnWrite } from '../own-writes/own-writes.ts'

export type Topic = 'clusters' | 'services' | 'tasks' | 'task definitions'

export interface Change {
  topics: readonly Topic[]
  /** Its name; of all clusters when not given. */
  cluster?: string
  /** Of the things of the topic, only the one of this name or id: no other is changed by it. */
  only?: string
}

/** What a change that is not known here may have touched. */
export const everything: Change = { topics: ['clusters', 'services', 'tasks', 'task definitions'] }

/** What shows a write that was noted. */
export function changeOfOwnWrite({ kind, arn }: Pick<OwnWrite, 'kind' | 'arn'>): Change {
  if (kind === 'cluster') return { topics: ['clusters'], cluster: arn }
  if (kind === 'task') return { topics: ['tasks'], only: arn }
  if (kind === 'task definition') return { topics: ['task definitions'] }
  const [cluster = '', only = ''] = arn.split('/')
  return { topics: ['services'], cluster, only }
}

export function changeOf({ action, input }: AwsWrite): Change {
  if (/TaskDefinitions?$/.test(action)) return { topics: ['task definitions'] }
  if (/^(Tag|Untag)Resource$/.test(action)) return changeOfArn(text(input.resourceArn))
  if (/ServiceDeployment$/.test(action)) return changeOfArn(text(input.serviceDeploymentArn))
  const cluster = shortName(text(input.cluster ?? input.clusterName) || 'default')
  switch (action) {
    case 'CreateService':
    case 'UpdateService':
    case 'DeleteService':
      return { topics: ['services', 'tasks'], cluster, only: shortName(text(input.service ?? input.serviceName)) }
    case 'RunTask':
      return { topics: ['tasks'], cluster, only: '' }
    case 'StopTask':
      return { topics: ['tasks'], cluster, only: shortName(text(input.task)) }
    default:
      return /Cluster/.test(action) ? { topics: ['clusters', 'services', 'tasks'], cluster } : everything
  }
}

/** By a thing's ARN; everything where it says nothing. */
export function changeOfArn(arn: string): Change {
  const [kind, cluster, name] = parseArn(arn)?.resource.split('/') ?? []
  if (kind === 'task-definition') return { topics: ['task definitions'] }
  if (kind === 'cluster' && cluster) return { topics: ['clusters'], cluster }
  if (kind === 'task' && cluster && name) return { topics: ['tasks'], cluster, only: name }
  if ((kind === 'service' || kind === 'service-deployment') && cluster && name)
    return { topics: ['services', 'tasks'], cluster, only: name }
  return everything
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
