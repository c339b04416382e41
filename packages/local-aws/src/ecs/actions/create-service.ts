import type { CreateServiceRequest, CreateServiceResponse } from '@aws-sdk/client-ecs'
import { type AwsJson, ecsArn } from '@ecs-api/ecs-model'
import { epochSeconds } from '../../clock.ts'
import { AwsError } from '../../protocol/aws-error.ts'
import type { ServiceRecord } from '../records/service-record.ts'
import { checkController, mergedConfiguration } from '../scheduler/deployment-options.ts'
import { deploy } from '../scheduler/deployments.ts'
import { forgetInactiveServices, forgetService } from '../scheduler/forget-services.ts'
import { serviceEvents } from '../scheduler/service-events.ts'
import { addEvents } from '../scheduler/service-history.ts'
import { platformFamilyOf } from '../tasks/new-task.ts'
import type { ActionContext } from './action.ts'
import { checkAfterLookup } from './check-input.ts'
import { getActiveCluster } from './cluster-reference.ts'
import { checkRunnable, chooseCapacity } from './launch-type.ts'
import { fingerprint } from './run-task.ts'
import { serviceAnswer } from './service-answer.ts'
import { fieldsWithoutEffect, revisionMembersIn } from './service-input.ts'
import { checkTags } from './tag-rules.ts'
import { checkActive, findTaskDefinition } from './task-definition-reference.ts'

/**
 * CreateService: stores the service with its first deployment, which the scheduler then rolls out. The checks are in
 * ECS's order.
 * @throws AwsError in ECS's words.
 */
export function createService(
  context: ActionContext,
  input: AwsJson<CreateServiceRequest>,
): AwsJson<CreateServiceResponse> {
  const { ecsState, clock, caller, scheduler } = context
  const cluster = getActiveCluster(ecsState, input.cluster)
  const { serviceName = '', desiredCount = 0 } = input
  const serviceArn = ecsArn(ecsState, 'service', cluster.clusterName, serviceName)
  const answerOf = (service: ServiceRecord) =>
    serviceAnswer(service, ecsState, input.tags?.length ? { tags: service.tags } : {})
  const existing = repeatedService(ecsState.services.get(serviceArn), input)
  if (existing) return { service: answerOf(existing) }

  checkController(input.deploymentController)
  if (input.schedulingStrategy === 'DAEMON')
    throw new AwsError(
      'UnsupportedFeatureException',
      'This engine does not have the scheduling strategy DAEMON, which Fargate does not have either.',
    )
  const definition = input.taskDefinition === undefined ? undefined : findTaskDefinition(ecsState, input.taskDefinition)
  if (!definition) throw new AwsError('ClientException', 'TaskDefinition not found.')
  checkActive(definition, 'ClientException')
  checkTags(input.tags ?? [])
  const capacity = chooseCapacity(cluster, input)
  checkRunnable(definition, capacity, input.networkConfiguration)
  checkAfterLookup(ecsState, 'CreateService', input, { cluster, definition })

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
    deploymentConfiguration: mergedConfiguration(input.deploymentConfiguration),
    ...(definition.networkMode === 'awsvpc' && { roleArn: serviceLinkedRole(ecsState) }),
    createdAt: epochSeconds(clock.now()),
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
    engineState: {
      deployments: [],
      conditions: [],
      createdBy: {
        ...(input.clientToken !== undefined && { clientToken: input.clientToken }),
        input: fingerprint(input),
      },
    },
  }
  forgetInactiveServices(ecsState, clock.now())
  forgetService(ecsState, serviceArn)
  const service = deploy(context, newService, definition, revisionMembersIn(input))
  ecsState.services.set(serviceArn, service)
  const ignoredFields = fieldsWithoutEffect(input, scheduler.runtime)
  if (ignoredFields.length > 0)
    addEvents(context, serviceArn, [serviceEvents.withoutEffect(serviceName, ignoredFields)])
  scheduler.reconcileSoon(ecsState, serviceArn)
  return { service: answerOf(service) }
}

/**
 * Rebalancing starts one more task than desired. Where `maximumPercent` forbids that, rebalancing is disabled unless
 * requested (capture service_metrics 19).
 */
function defaultRebalancing({ deploymentConfiguration }: AwsJson<CreateServiceRequest>): 'ENABLED' | 'DISABLED' {
  return (deploymentConfiguration?.maximumPercent ?? 200) <= 100 ? 'DISABLED' : 'ENABLED'
}

/**
 * The existing service, if this request repeats the request that created it, with the same client token.
 * @throws AwsError InvalidParameterException when the existing service is draining, or when another request created it.
 */
function repeatedService(
  existing: ServiceRecord | undefined,
  input: AwsJson<CreateServiceRequest>,
): ServiceRecord | undefined {
  if (!existing || existing.status === 'INACTIVE') return undefined
  if (existing.status === 'DRAINING')
    throw new AwsError('InvalidParameterException', 'Unable to Start a service that is still Draining.')
  const { clientToken, input: firstInput } = existing.engineState.createdBy
  if (clientToken !== undefined && clientToken === input.clientToken && firstInput === fingerprint(input))
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
