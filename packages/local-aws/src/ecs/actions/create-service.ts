import type { CreateServiceRequest, CreateServiceResponse } from '@aws-sdk/client-ecs'
import { type AwsJson, ecsArn } from '@ecs-api/ecs-model'
import { toEpochSeconds } from '../../clock.ts'
import { AwsError } from '../../protocol/aws-error.ts'
import type { ServiceRecord } from '../records/service-record.ts'
import { deleteOldInactiveServices, deleteServiceRecords } from '../scheduler/delete-old-services.ts'
import { checkDeploymentController, mergedDeploymentConfiguration } from '../scheduler/deployment-options.ts'
import { startDeployment } from '../scheduler/deployments.ts'
import { serviceEventTexts } from '../scheduler/service-events.ts'
import { addEvents } from '../scheduler/service-history.ts'
import { platformFamilyOf } from '../tasks/new-task.ts'
import type { ActionContext } from './action.ts'
import { checkAfterLookup } from './check-input.ts'
import { getActiveCluster } from './cluster-reference.ts'
import { checkCanRunOn, chooseCapacity } from './launch-type.ts'
import { requestHash } from './run-task.ts'
import { serviceInResponse } from './service-answer.ts'
import { fieldsWithoutEffect, revisionMembersIn } from './service-input.ts'
import { checkTags } from './tag-rules.ts'
import { checkDefinitionActive, findTaskDefinition } from './task-definition-reference.ts'

/**
 * CreateService: stores the service with its first deployment, which the scheduler then rolls out. The checks are in
 * ECS's order.
 * @throws AwsError in ECS's words.
 */
export function createService(
  context: ActionContext,
  input: AwsJson<CreateServiceRequest>,
): AwsJson<CreateServiceResponse> {
  const { ecsTables, clock, caller, scheduler } = context
  const cluster = getActiveCluster(ecsTables, input.cluster)
  const { serviceName = '', desiredCount = 0 } = input
  const serviceArn = ecsArn(ecsTables, 'service', cluster.clusterName, serviceName)
  const responseFor = (service: ServiceRecord) =>
    serviceInResponse(service, ecsTables, input.tags?.length ? { tags: service.tags } : {})
  const existing = findRepeatedService(ecsTables.services.get(serviceArn), input)
  if (existing) return { service: responseFor(existing) }

  checkDeploymentController(input.deploymentController)
  if (input.schedulingStrategy === 'DAEMON')
    throw new AwsError(
      'UnsupportedFeatureException',
      'This engine does not have the scheduling strategy DAEMON, which Fargate does not have either.',
    )
  const definition =
    input.taskDefinition === undefined ? undefined : findTaskDefinition(ecsTables, input.taskDefinition)
  if (!definition) throw new AwsError('ClientException', 'TaskDefinition not found.')
  checkDefinitionActive(definition, 'ClientException')
  checkTags(input.tags ?? [])
  const capacity = chooseCapacity(cluster, input)
  checkCanRunOn(definition, capacity, input.networkConfiguration)
  checkAfterLookup(ecsTables, 'CreateService', input, { cluster, definition })

  const isOnFargate = capacity.launchType !== 'EC2'
  const newService: ServiceRecord = {
    serviceArn,
    serviceName,
    clusterArn: cluster.clusterArn,
    loadBalancers: input.loadBalancers ?? [],
    serviceRegistries: input.serviceRegistries ?? [],
    status: 'ACTIVE',
    desiredCount,
    ...(capacity.strategy.length > 0
      ? { capacityProviderStrategy: capacity.strategy }
      : { launchType: capacity.launchType }),
    ...(isOnFargate && {
      platformVersion: input.platformVersion ?? 'LATEST',
      platformFamily: platformFamilyOf(definition),
    }),
    taskDefinition: definition.taskDefinitionArn,
    deploymentConfiguration: mergedDeploymentConfiguration(input.deploymentConfiguration),
    ...(definition.networkMode === 'awsvpc' && { roleArn: serviceLinkedRole(ecsTables) }),
    createdAt: toEpochSeconds(clock.now()),
    placementConstraints: input.placementConstraints ?? [],
    placementStrategy: input.placementStrategy ?? [],
    ...(input.networkConfiguration && { networkConfiguration: networkWithDefaults(input) }),
    healthCheckGracePeriodSeconds: input.healthCheckGracePeriodSeconds ?? 0,
    schedulingStrategy: 'REPLICA',
    deploymentController: { type: 'ECS' },
    tags: input.tags ?? [],
    createdBy: caller.arn,
    enableECSManagedTags: input.enableECSManagedTags ?? false,
    propagateTags: input.propagateTags ?? 'NONE',
    enableExecuteCommand: input.enableExecuteCommand ?? false,
    availabilityZoneRebalancing: input.availabilityZoneRebalancing ?? defaultRebalancing(input),
    resourceManagementType: 'CUSTOMER',
    internal: {
      deployments: [],
      conditions: [],
      createdBy: {
        ...(input.clientToken !== undefined && { clientToken: input.clientToken }),
        input: requestHash(input),
      },
    },
  }
  deleteOldInactiveServices(ecsTables, clock.now())
  deleteServiceRecords(ecsTables, serviceArn)
  const service = startDeployment(context, newService, definition, revisionMembersIn(input))
  ecsTables.services.set(serviceArn, service)
  const ignoredFields = fieldsWithoutEffect(input, scheduler.runtime)
  if (ignoredFields.length > 0)
    addEvents(context, serviceArn, [serviceEventTexts.withoutEffect(serviceName, ignoredFields)])
  scheduler.reconcileSoon(ecsTables, serviceArn)
  return { service: responseFor(service) }
}

/**
 * Rebalancing starts one more task than desired. Where `maximumPercent` forbids that, rebalancing is disabled unless
 * requested (AWS response recorded as service_metrics 19).
 */
function defaultRebalancing({ deploymentConfiguration }: AwsJson<CreateServiceRequest>): 'ENABLED' | 'DISABLED' {
  return (deploymentConfiguration?.maximumPercent ?? 200) <= 100 ? 'DISABLED' : 'ENABLED'
}

/**
 * The existing service, if this request repeats the request that created it, with the same client token.
 * @throws AwsError InvalidParameterException when the existing service is draining, or when another request created it.
 */
function findRepeatedService(
  existing: ServiceRecord | undefined,
  input: AwsJson<CreateServiceRequest>,
): ServiceRecord | undefined {
  if (!existing || existing.status === 'INACTIVE') return undefined
  if (existing.status === 'DRAINING')
    throw new AwsError('InvalidParameterException', 'Unable to Start a service that is still Draining.')
  const { clientToken, input: firstInput } = existing.internal.createdBy
  if (clientToken !== undefined && clientToken === input.clientToken && firstInput === requestHash(input))
    return existing
  throw new AwsError('InvalidParameterException', 'Creation of service was not idempotent.')
}

/** The network configuration with ECS's defaults. */
export function networkWithDefaults({
  networkConfiguration,
}: Pick<AwsJson<CreateServiceRequest>, 'networkConfiguration'>) {
  const vpc = networkConfiguration?.awsvpcConfiguration
  return (
    vpc && {
      awsvpcConfiguration: {
        ...vpc,
        securityGroups: vpc.securityGroups ?? [],
        assignPublicIp: vpc.assignPublicIp ?? ('DISABLED' as const),
      },
    }
  )
}

function serviceLinkedRole({ partition, account }: { partition: string; account: string }): string {
  return `arn:${partition}:iam::${account}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS`
}
