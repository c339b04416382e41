/**
 * ECS's request buckets (API Reference, "Request throttling"): tokens per account, Region and group of actions; a call takes one, the bucket
 * refills by the second, and who finds none is told `ThrottlingException`.
 */
import type { Clock } from '../clock.ts'
import { AwsError } from '../protocol/aws-error.ts'
import type { JsonService } from '../protocol/aws-json.ts'

interface BucketSize {
  /** Calls at once. */
  burst: number
  /** Calls a second. */
  refill: number
}

interface Group extends BucketSize {
  name: string
  actions: readonly string[]
}

/** AWS's own figures (undated; AWS raises them on request). */
const groups: readonly Group[] = [
  {
    name: 'cluster modify',
    burst: 20,
    refill: 1,
    actions: ['CreateCluster', 'DeleteCluster', 'UpdateCluster', 'UpdateClusterSettings', 'PutClusterCapacityProviders'],
  },
  { name: 'cluster read', burst: 50, refill: 20, actions: ['DescribeClusters', 'ListClusters'] },
  { name: 'task definition modify', burst: 20, refill: 1, actions: ['RegisterTaskDefinition', 'DeregisterTaskDefinition'] },
  { name: 'task definition read', burst: 50, refill: 20, actions: ['DescribeTaskDefinition', 'ListTaskDefinitions', 'ListTaskDefinitionFamilies'] },
  { name: 'task definition delete', burst: 5, refill: 1, actions: ['DeleteTaskDefinitions'] },
  { name: 'capacity provider modify', burst: 10, refill: 1, actions: ['CreateCapacityProvider', 'DeleteCapacityProvider', 'UpdateCapacityProvider'] },
  { name: 'capacity provider read', burst: 50, refill: 20, actions: ['DescribeCapacityProviders'] },
  { name: 'tag modify', burst: 20, refill: 10, actions: ['TagResource', 'UntagResource'] },
  { name: 'tag read', burst: 50, refill: 20, actions: ['ListTagsForResource'] },
  { name: 'setting modify', burst: 10, refill: 1, actions: ['PutAccountSetting', 'DeleteAccountSetting', 'PutAccountSettingDefault'] },
  { name: 'setting read', burst: 50, refill: 20, actions: ['ListAccountSettings'] },
  { name: 'cluster resource modify', burst: 100, refill: 40, actions: ['StopTask', 'ExecuteCommand', 'PutAttributes', 'DeleteAttributes'] },
  // Of the same group in AWS's table; on Fargate the lower rate counts (Amazon ECS service quotas, "Rate limits").
  { name: 'run task', burst: 100, refill: 20, actions: ['RunTask'] },
  { name: 'cluster resource read', burst: 100, refill: 20, actions: ['DescribeTasks', 'ListTasks', 'ListAttributes'] },
  { name: 'service modify', burst: 50, refill: 5, actions: ['CreateService', 'UpdateService', 'DeleteService'] },
  { name: 'service read', burst: 100, refill: 20, actions: ['DescribeServices', 'ListServices'] },
  { name: 'service deployment', burst: 50, refill: 20, actions: ['DescribeServiceDeployments', 'ListServiceDeployments'] },
  { name: 'service revision', burst: 50, refill: 20, actions: ['DescribeServiceRevisions'] },
  { name: 'task protection', burst: 200, refill: 80, actions: ['GetTaskProtection', 'UpdateTaskProtection'] },
  { name: 'service by namespace', burst: 10, refill: 1, actions: ['ListServicesByNamespace'] },
]
/** Not in AWS's table: StopServiceDeployment and its like. */
const others: BucketSize = { burst: 10, refill: 1 }

const groupOf = new Map(groups.flatMap((group) => group.actions.map((action) => [action, group])))

interface Bucket {
  tokens: number
  /** Milliseconds since 1970: when the tokens were counted. */
  at: number
}

/** The service with AWS's buckets before it. */
export function throttled(service: JsonService, clock: Clock): JsonService {
  const buckets = new Map<string, Bucket>()
  return async (action, body, caller) => {
    const { burst, refill, name } = groupOf.get(action) ?? { ...others, name: action }
    const key = `${caller.account} ${caller.region} ${name}`
    const now = clock.now()
    const bucket = buckets.get(key) ?? { tokens: burst, at: now }
    const tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1000) * refill)
    buckets.set(key, { tokens: tokens >= 1 ? tokens - 1 : tokens, at: now })
    if (tokens < 1) throw new AwsError('ThrottlingException', 'Rate exceeded')
    return service(action, body, caller)
  }
}
