/** DescribeServiceRevisions. */
import type { DescribeServiceRevisionsRequest, DescribeServiceRevisionsResponse } from '@aws-sdk/client-ecs'
import { type AwsJson, ecsArn, parseArn } from '@ecs-api/ecs-model'
import { AwsError } from '../../protocol/aws-error.ts'
import type { EcsState } from '../records/state.ts'
import type { ActionContext } from './action.ts'
import { getActiveCluster } from './cluster-reference.ts'

const MAX_DESCRIBED = 20

/**
 * Describes revisions of one service. The checks are in ECS's order: number of ARNs, form of the ARNs, one service,
 * cluster, service (capture service_revisions).
 */
export function describeServiceRevisions(
  { ecsState }: ActionContext,
  { serviceRevisionArns = [] }: AwsJson<DescribeServiceRevisionsRequest>,
): AwsJson<DescribeServiceRevisionsResponse> {
  if (serviceRevisionArns.length > MAX_DESCRIBED)
    throw invalid(`Service Revision ARN count cannot exceed ${MAX_DESCRIBED}`)
  if (serviceRevisionArns.length === 0) throw invalid('The Service ARN provided is invalid.')
  const arns = [...new Set(serviceRevisionArns)]
  const services = new Set(arns.map((arn) => serviceInRevisionArn(ecsState, arn).join('/')))
  if (services.size > 1)
    throw invalid(
      'Cross service requests are not allowed. All requested service revisions must be for a single service',
    )
  const [cluster, service] = serviceInRevisionArn(ecsState, arns[0]!)
  getActiveCluster(ecsState, cluster)
  const storedService = ecsState.services.get(ecsArn(ecsState, 'service', cluster, service))
  if (!storedService) throw new AwsError('ServiceNotFoundException', 'Service not found.')
  if (storedService.status === 'INACTIVE')
    throw invalid('Cannot call DescribeServiceRevisions for a service that is INACTIVE')
  return {
    serviceRevisions: arns.flatMap((arn) => ecsState.serviceRevisions.get(arn) ?? []),
    // A missing revision that is requested twice is in the failures twice (recorded from ECS).
    failures: serviceRevisionArns
      .filter((arn) => !ecsState.serviceRevisions.get(arn))
      .map((arn) => ({ arn, reason: 'MISSING' })),
  }
}

/**
 * The names of the cluster and the service in a revision's ARN.
 * @throws AwsError InvalidParameterException for any other ARN, and for one of another account or Region.
 */
function serviceInRevisionArn(ecsState: EcsState, reference: string): [cluster: string, service: string] {
  const arn = parseArn(reference)
  const [kind, cluster, service, revision, ...rest] = arn?.resource.split('/') ?? []
  if (arn?.service !== 'ecs' || kind !== 'service-revision') throw invalid('The Service ARN provided is invalid.')
  const isOfThisAccount =
    arn.partition === ecsState.partition && arn.account === ecsState.account && arn.region === ecsState.region
  if (!isOfThisAccount || !cluster || !service || !/^\d+$/.test(revision ?? '') || rest.length > 0)
    throw invalid('The ServiceRevision ARN is invalid.')
  return [cluster, service]
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterException', message)
}
