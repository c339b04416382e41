/** Services: create, change, describe, list, delete. */
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
import type { Wire } from '@ecs-api/ecs-model'
import { AwsError } from '../../protocol/aws-error.ts'
import { pageFrom, pageOf } from '../../protocol/pages.ts'
import type { DeploymentRecord, ServiceRecord } from '../records/service-record.ts'
import type { ActionContext, Actions } from './action.ts'
import { namespaceArn } from './cluster-attachments.ts'
import { findCluster } from './cluster-reference.ts'
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

const MOST_DESCRIBED = 10
/** A page has ten unless the request says otherwise (API Reference, ListServices). */
const PAGE = { size: 10, most: 100 }

function describeServices(
  { world, seen }: ActionContext,
  input: Wire<DescribeServicesRequest>,
): Wire<DescribeServicesResponse> {
  const { services: references = [], include = [] } = input
  const cluster = findCluster(world, input.cluster, seen)
  if (references.length === 0) throw new AwsError('InvalidParameterException', 'Services cannot be empty.')
  if (references.length > MOST_DESCRIBED)
    throw new AwsError('InvalidParameterException', `services can have at most ${MOST_DESCRIBED} items.`)
  const arns = [...new Set(references.map((reference) => serviceArn(world, cluster, reference)))]
  const withTags = include.includes('TAGS')
  return {
    services: arns.flatMap((arn) => {
      const service = seen.services.get(arn)
      return service ? serviceAnswer(service, world, seen, withTags ? { tags: service.tags ?? [] } : {}) : []
    }),
    failures: arns.filter((arn) => !seen.services.get(arn)).map((arn) => ({ arn, reason: 'MISSING' })),
  }
}

/** While a service drains, ECS lists it no more (API Reference, DeleteService). */
function listServices({ world, seen }: ActionContext, input: Wire<ListServicesRequest>): Wire<ListServicesResponse> {
  const { launchType, schedulingStrategy, resourceManagementType } = input
  const { clusterArn } = findCluster(world, input.cluster, seen)
  const isWanted = (service: ServiceRecord) =>
    (launchType === undefined || service.launchType === launchType) &&
    (schedulingStrategy === undefined || service.schedulingStrategy === schedulingStrategy) &&
    (resourceManagementType === undefined || service.resourceManagementType === resourceManagementType)
  const wantedAfter = (after: string | undefined) =>
    seen.services.inOrder('activeIn', clusterArn, after).filter(isWanted)
  const { items, nextToken } = pageFrom(wantedAfter, input, { keyOf: (service) => service.serviceArn, ...PAGE })
  return { serviceArns: items.map((service) => service.serviceArn), nextToken }
}

function listServicesByNamespace(
  { world, seen }: ActionContext,
  input: Wire<ListServicesByNamespaceRequest>,
): Wire<ListServicesByNamespaceResponse> {
  const namespace = namespaceArn(world, input.namespace ?? '')
  const isIn = ({ status, engine }: ServiceRecord) => {
    const { enabled, namespace: own } = engine.deployments[0]?.serviceConnectConfiguration ?? {}
    return status === 'ACTIVE' && enabled === true && own !== undefined && namespaceArn(world, own) === namespace
  }
  const { items, nextToken } = pageOf([...seen.services.values()].filter(isIn), input, {
    keyOf: (service) => service.serviceArn,
    ...PAGE,
  })
  return { serviceArns: items.map((service) => service.serviceArn), nextToken }
}

function deleteService(context: ActionContext, input: Wire<DeleteServiceRequest>): Wire<DeleteServiceResponse> {
  const { world, scheduler, clock } = context
  const service = world.services.get(serviceArn(world, findCluster(world, input.cluster), input.service ?? ''))
  // Unlike UpdateService, DeleteService says this without a message (seen from ECS).
  if (!service || service.status === 'INACTIVE') throw new AwsError('ServiceNotFoundException')
  if (service.status === 'DRAINING') return { service: deletionAnswer(service, world) }
  if (service.desiredCount > 0 && !input.force)
    throw new AwsError('InvalidParameterException', 'The service cannot be stopped while it is scaled above 0.')
  const { engine } = service
  const hasTasks = ({ id }: DeploymentRecord) =>
    world.tasks.count('runningOf', id) + world.tasks.count('pendingOf', id) > 0
  const deployments = engine.deployments.map((one) =>
    one.status === 'ACTIVE' && hasTasks(one) ? { ...one, status: 'DRAINING' as const } : one,
  )
  const draining: ServiceRecord = {
    ...service,
    status: 'DRAINING',
    desiredCount: 0,
    engine: { ...engine, deployments, drainingSince: clock.now() },
  }
  world.services.set(service.serviceArn, draining)
  scheduler.lookAt(world, service.serviceArn)
  return { service: deletionAnswer(draining, world) }
}
