/** The actions on services: create, change, describe, list, delete. */
import type {
  DeleteServiceRequest,
  DeleteServiceResponse,
  DescribeServicesRequest,
  DescribeServicesResponse,
  ListServicesByNamespaceRequest,
  ListServicesByNamespaceResponse,
  ListServicesRequest,
  ListServicesResponse,
} from '@aws-sdk/client-ecs'
import type { AwsJson } from '@ecs-api/ecs-model'
import { AwsError } from '../../protocol/aws-error.ts'
import { pageFrom, pageOf } from '../../protocol/pages.ts'
import type { DeploymentRecord, ServiceRecord } from '../records/service-record.ts'
import type { ActionContext, Actions } from './action.ts'
import { namespaceArn } from './cluster-attachments.ts'
import { getCluster } from './cluster-reference.ts'
import { createService } from './create-service.ts'
import { deletionAnswer, serviceAnswer } from './service-answer.ts'
import { serviceArn } from './service-reference.ts'
import { updateService } from './update-service.ts'

export const serviceActions = {
  CreateService: createService,
  UpdateService: updateService,
  DescribeServices: describeServices,
  ListServices: listServices,
  ListServicesByNamespace: listServicesByNamespace,
  DeleteService: deleteService,
} satisfies Actions

const MAX_DESCRIBED = 10
/** The default and the maximum length of a page (API Reference, ListServices). */
const PAGE = { size: 10, maxSize: 100 }

function describeServices(
  { ecsState, readView }: ActionContext,
  input: AwsJson<DescribeServicesRequest>,
): AwsJson<DescribeServicesResponse> {
  const { services: references = [], include = [] } = input
  const cluster = getCluster(ecsState, input.cluster, readView)
  if (references.length === 0) throw new AwsError('InvalidParameterException', 'Services cannot be empty.')
  if (references.length > MAX_DESCRIBED)
    throw new AwsError('InvalidParameterException', `services can have at most ${MAX_DESCRIBED} items.`)
  const arns = [...new Set(references.map((reference) => serviceArn(ecsState, cluster, reference)))]
  const withTags = include.includes('TAGS')
  return {
    services: arns.flatMap((arn) => {
      const service = readView.services.get(arn)
      return service
        ? serviceAnswer(service, ecsState, { taskCountsFrom: readView, ...(withTags && { tags: service.tags ?? [] }) })
        : []
    }),
    failures: arns.filter((arn) => !readView.services.get(arn)).map((arn) => ({ arn, reason: 'MISSING' })),
  }
}

/** ECS does not list a draining service (API Reference, DeleteService). */
function listServices(
  { ecsState, readView }: ActionContext,
  input: AwsJson<ListServicesRequest>,
): AwsJson<ListServicesResponse> {
  const { launchType, schedulingStrategy, resourceManagementType } = input
  const { clusterArn } = getCluster(ecsState, input.cluster, readView)
  const matches = (service: ServiceRecord) =>
    (launchType === undefined || service.launchType === launchType) &&
    (schedulingStrategy === undefined || service.schedulingStrategy === schedulingStrategy) &&
    (resourceManagementType === undefined || service.resourceManagementType === resourceManagementType)
  const matchingAfter = (after: string | undefined) =>
    readView.services.inOrder('activeIn', clusterArn, after).filter(matches)
  const { items, nextToken } = pageFrom(matchingAfter, input, { keyOf: (service) => service.serviceArn, ...PAGE })
  return { serviceArns: items.map((service) => service.serviceArn), nextToken }
}

function listServicesByNamespace(
  { ecsState, readView }: ActionContext,
  input: AwsJson<ListServicesByNamespaceRequest>,
): AwsJson<ListServicesByNamespaceResponse> {
  const namespace = namespaceArn(ecsState, input.namespace ?? '')
  const isIn = ({ status, engineState }: ServiceRecord) => {
    const { enabled, namespace: ownNamespace } = engineState.deployments[0]?.serviceConnectConfiguration ?? {}
    return (
      status === 'ACTIVE' &&
      enabled === true &&
      ownNamespace !== undefined &&
      namespaceArn(ecsState, ownNamespace) === namespace
    )
  }
  const { items, nextToken } = pageOf([...readView.services.values()].filter(isIn), input, {
    keyOf: (service) => service.serviceArn,
    ...PAGE,
  })
  return { serviceArns: items.map((service) => service.serviceArn), nextToken }
}

function deleteService(context: ActionContext, input: AwsJson<DeleteServiceRequest>): AwsJson<DeleteServiceResponse> {
  const { ecsState, scheduler, clock } = context
  const service = ecsState.services.get(serviceArn(ecsState, getCluster(ecsState, input.cluster), input.service ?? ''))
  // Unlike UpdateService, DeleteService answers with no message (recorded from ECS).
  if (!service || service.status === 'INACTIVE') throw new AwsError('ServiceNotFoundException')
  if (service.status === 'DRAINING') return { service: deletionAnswer(service, ecsState) }
  if (service.desiredCount > 0 && !input.force)
    throw new AwsError('InvalidParameterException', 'The service cannot be stopped while it is scaled above 0.')
  const { engineState } = service
  const hasTasks = ({ id }: DeploymentRecord) =>
    ecsState.tasks.count('runningOf', id) + ecsState.tasks.count('pendingOf', id) > 0
  const deployments = engineState.deployments.map((deployment) =>
    deployment.status === 'ACTIVE' && hasTasks(deployment)
      ? { ...deployment, status: 'DRAINING' as const }
      : deployment,
  )
  const draining: ServiceRecord = {
    ...service,
    status: 'DRAINING',
    desiredCount: 0,
    engineState: { ...engineState, deployments, drainingSince: clock.now() },
  }
  ecsState.services.set(service.serviceArn, draining)
  scheduler.reconcileSoon(ecsState, service.serviceArn)
  return { service: deletionAnswer(draining, ecsState) }
}
