/** DescribeServiceRevisions. */
import type { DescribeServiceRevisionsRequest, DescribeServiceRevisionsResponse } from '@aws-sdk/client-ecs'
import { type AwsJson, ecsArn, parseArn } from '@ecs-api/ecs-model'
import { AwsError } from '../../protocol/aws-error.ts'
import type { EcsTables } from '../records/ecs-tables.ts'
import type { ActionContext } from './action.ts'
import { getActiveCluster } from './cluster-reference.ts'

const MAX_DESCRIBED = 20

/**
 * Describes revisions of one service. The checks are in ECS's order: number of ARNs, form of the ARNs, one service,
 * cluster, service (AWS responses recorded as service_revisions).
 */
export function describeServiceRevisions(
  { ecsTables }: ActionContext,
  { serviceRevisionArns = [] }: AwsJson<DescribeServiceRevisionsRequest>,
): AwsJson<DescribeServiceRevisionsResponse> {
  if (serviceRevisionArns.length > MAX_DESCRIBED)
    throw invalidParameter(`Service Revision ARN count cannot exceed ${MAX_DESCRIBED}`)
  if (serviceRevisionArns.length === 0) throw invalidParameter('The Service ARN provided is invalid.')
  const arns = [...new Set(serviceRevisionArns)]
  const services = new Set(arns.map((arn) => serviceInRevisionArn(ecsTables, arn).join('/')))
  if (services.size > 1)
    throw invalidParameter(
      'Cross service requests are not allowed. All requested service revisions must be for a single service',
    )
  const [cluster, service] = serviceInRevisionArn(ecsTables, arns[0]!)
  getActiveCluster(ecsTables, cluster)
  const storedService = ecsTables.services.get(ecsArn(ecsTables, 'service', cluster, service))
  if (!storedService) throw new AwsError('ServiceNotFoundException', 'Service not found.')
  if (storedService.status === 'INACTIVE')
    throw invalidParameter('Cannot call DescribeServiceRevisions for a service that is INACTIVE')
  return {
    serviceRevisions: arns.flatMap((arn) => ecsTables.serviceRevisions.get(arn) ?? []),
    // A missing revision that is requested twice is in the failures twice (recorded from ECS).
    failures: serviceRevisionArns
      .filter((arn) => !ecsTables.serviceRevisions.get(arn))
      .map((arn) => ({ arn, reason: 'MISSING' })),
  }
}

/**
 * The names of the cluster and the service in a revision's ARN.
 * @throws AwsError InvalidParameterException for any other ARN, and for one of another account or Region.
 */
function serviceInRevisionArn(ecsTables: EcsTables, reference: string): [cluster: string, service: string] {
  const arn = parseArn(reference)
  const [kind, cluster, service, revision, ...rest] = arn?.resource.split('/') ?? []
  if (arn?.service !== 'ecs' || kind !== 'service-revision')
    throw invalidParameter('The Service ARN provided is invalid.')
  const isOfThisAccount =
    arn.partition === ecsTables.partition && arn.account === ecsTables.account && arn.region === ecsTables.region
  if (!isOfThisAccount || !cluster || !service || !/^\d+$/.test(revision ?? '') || rest.length > 0)
    throw invalidParameter('The ServiceRevision ARN is invalid.')
  return [cluster, service]
}

function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterException', message)
}
