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
import { pageOfList, pageOfOrderedList } from '../../protocol/pages.ts'
import type { DeploymentRecord, ServiceRecord } from '../records/service-record.ts'
import type { ActionContext, Actions } from './action.ts'
import { namespaceArn } from './cluster-attachments.ts'
import { getCluster } from './cluster-reference.ts'
import { createService } from './create-service.ts'
import { deletedServiceInResponse, serviceInResponse } from './service-answer.ts'
import { serviceArnOf } from './service-reference.ts'
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
const PAGE = { defaultSize: 10, maxSize: 100 }

function describeServices(
  { ecsTables, readView }: ActionContext,
  input: AwsJson<DescribeServicesRequest>,
): AwsJson<DescribeServicesResponse> {
  const { services: references = [], include = [] } = input
  const cluster = getCluster(ecsTables, input.cluster, readView)
  if (references.length === 0) throw new AwsError('InvalidParameterException', 'Services cannot be empty.')
  if (references.length > MAX_DESCRIBED)
    throw new AwsError('InvalidParameterException', `services can have at most ${MAX_DESCRIBED} items.`)
  const arns = [...new Set(references.map((reference) => serviceArnOf(ecsTables, cluster, reference)))]
  const withTags = include.includes('TAGS')
  return {
    services: arns.flatMap((arn) => {
      const service = readView.services.get(arn)
      return service
        ? serviceInResponse(service, ecsTables, {
            taskCountsFrom: readView,
            ...(withTags && { tags: service.tags ?? [] }),
          })
        : []
    }),
    failures: arns.filter((arn) => !readView.services.get(arn)).map((arn) => ({ arn, reason: 'MISSING' })),
  }
}

/** ECS does not list a draining service (API Reference, DeleteService). */
function listServices(
  { ecsTables, readView }: ActionContext,
  input: AwsJson<ListServicesRequest>,
): AwsJson<ListServicesResponse> {
  const { launchType, schedulingStrategy, resourceManagementType } = input
  const { clusterArn } = getCluster(ecsTables, input.cluster, readView)
  const matches = (service: ServiceRecord) =>
    (launchType === undefined || service.launchType === launchType) &&
    (schedulingStrategy === undefined || service.schedulingStrategy === schedulingStrategy) &&
    (resourceManagementType === undefined || service.resourceManagementType === resourceManagementType)
  const matchingAfter = (after: string | undefined) =>
    readView.services.inKeyOrder('activeIn', clusterArn, after).filter(matches)
  const { items, nextToken } = pageOfOrderedList(matchingAfter, input, {
    keyOf: (service) => service.serviceArn,
    ...PAGE,
  })
  return { serviceArns: items.map((service) => service.serviceArn), nextToken }
}

function listServicesByNamespace(
  { ecsTables, readView }: ActionContext,
  input: AwsJson<ListServicesByNamespaceRequest>,
): AwsJson<ListServicesByNamespaceResponse> {
  const namespace = namespaceArn(ecsTables, input.namespace ?? '')
  const isInNamespace = ({ status, internal }: ServiceRecord) => {
    const { enabled, namespace: serviceNamespace } = internal.deployments[0]?.serviceConnectConfiguration ?? {}
    return (
      status === 'ACTIVE' &&
      enabled === true &&
      serviceNamespace !== undefined &&
      namespaceArn(ecsTables, serviceNamespace) === namespace
    )
  }
  const { items, nextToken } = pageOfList([...readView.services.values()].filter(isInNamespace), input, {
    keyOf: (service) => service.serviceArn,
    ...PAGE,
  })
  return { serviceArns: items.map((service) => service.serviceArn), nextToken }
}

function deleteService(context: ActionContext, input: AwsJson<DeleteServiceRequest>): AwsJson<DeleteServiceResponse> {
  const { ecsTables, scheduler, clock } = context
  const service = ecsTables.services.get(
    serviceArnOf(ecsTables, getCluster(ecsTables, input.cluster), input.service ?? ''),
  )
  // Unlike UpdateService, DeleteService answers with no message (recorded from ECS).
  if (!service || service.status === 'INACTIVE') throw new AwsError('ServiceNotFoundException')
  if (service.status === 'DRAINING') return { service: deletedServiceInResponse(service, ecsTables) }
  if (service.desiredCount > 0 && !input.force)
    throw new AwsError('InvalidParameterException', 'The service cannot be stopped while it is scaled above 0.')
  const { internal } = service
  const hasTasks = ({ id }: DeploymentRecord) =>
    ecsTables.tasks.countByIndex('runningOf', id) + ecsTables.tasks.countByIndex('pendingOf', id) > 0
  const deployments = internal.deployments.map((deployment) =>
    deployment.status === 'ACTIVE' && hasTasks(deployment)
      ? { ...deployment, status: 'DRAINING' as const }
      : deployment,
  )
  const draining: ServiceRecord = {
    ...service,
    status: 'DRAINING',
    desiredCount: 0,
    internal: { ...internal, deployments, drainingSince: clock.now() },
  }
  ecsTables.services.set(service.serviceArn, draining)
  scheduler.reconcileSoon(ecsTables, service.serviceArn)
  return { service: deletedServiceInResponse(draining, ecsTables) }
}
