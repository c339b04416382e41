import { isDeepStrictEqual } from 'node:util'
import type { UpdateServiceRequest, UpdateServiceResponse } from '@aws-sdk/client-ecs'
import { type AwsJson, shortName } from '@ecs-api/ecs-model'
import { AwsError } from '../../protocol/aws-error.ts'
import type { ServiceRecord } from '../records/service-record.ts'
import { checkDeploymentController, mergedDeploymentConfiguration } from '../scheduler/deployment-options.ts'
import { revisionArn, startDeployment } from '../scheduler/deployments.ts'
import { serviceEventTexts } from '../scheduler/service-events.ts'
import { addEvents } from '../scheduler/service-history.ts'
import { platformFamilyOf } from '../tasks/new-task.ts'
import { definitionOf } from '../tasks/task-spec.ts'
import type { ActionContext } from './action.ts'
import { strategyWithDefaults } from './capacity-provider-reference.ts'
import { checkAfterLookup } from './check-input.ts'
import { getCluster } from './cluster-reference.ts'
import { networkWithDefaults } from './create-service.ts'
import { checkCanRunOn, chooseCapacity } from './launch-type.ts'
import { serviceInResponse } from './service-answer.ts'
import { fieldsWithoutEffect, revisionMembersIn } from './service-input.ts'
import { getService } from './service-reference.ts'
import { checkDefinitionActive, findTaskDefinition } from './task-definition-reference.ts'

/**
 * Members that ECS changes without a new deployment (API Reference, UpdateService: "doesn't trigger a new service
 * deployment").
 */
const membersWithoutDeployment = [
  'desiredCount',
  'healthCheckGracePeriodSeconds',
  'enableExecuteCommand',
  'enableECSManagedTags',
  'propagateTags',
  'availabilityZoneRebalancing',
  'placementConstraints',
  'placementStrategy',
] as const

/**
 * UpdateService: stores the changed service, with a new deployment if a change needs one. The checks are in ECS's
 * order.
 * @throws AwsError in ECS's words.
 */
export function updateService(
  context: ActionContext,
  input: AwsJson<UpdateServiceRequest>,
): AwsJson<UpdateServiceResponse> {
  const { ecsTables, scheduler } = context
  const storedService = getService(context, input)
  if (storedService.status !== 'ACTIVE') throw new AwsError('ServiceNotActiveException', 'Service was not ACTIVE.')
  checkDeploymentController(input.deploymentController)
  const definition = requestedDefinition(context, storedService, input)
  const changedService = mergedService(context, storedService, input)
  checkStrategyChange(storedService, changedService, input)
  const ignoredFields = fieldsWithoutEffect(input, scheduler.runtime)
  // Revisions that UpdateService creates have these two members even when they are empty (as recorded).
  const revisionMembers = {
    loadBalancers: [],
    serviceRegistries: [],
    ...storedRevisionMembers(context, storedService),
    ...revisionMembersIn(input),
  }
  const needsDeployment =
    input.forceNewDeployment === true ||
    needsNewDeployment(
      context,
      storedService,
      { ...changedService, taskDefinition: definition.taskDefinitionArn },
      revisionMembers,
    )
  if (needsDeployment) {
    checkDefinitionActive(definition, 'ClientException')
    checkCanRunOn(
      definition,
      {
        launchType: changedService.launchType as 'FARGATE' | 'EC2',
        strategy: changedService.capacityProviderStrategy ?? [],
      },
      changedService.networkConfiguration,
    )
  }
  checkAfterLookup(
    ecsTables,
    'UpdateService',
    needsDeployment ? { ...changedService, ...revisionMembers } : inputToCheck(input, changedService),
    {
      cluster: getCluster(ecsTables, shortName(storedService.clusterArn)),
      definition,
    },
  )
  const isOnFargate = changedService.launchType !== 'EC2'
  const nextService = {
    ...changedService,
    taskDefinition: definition.taskDefinitionArn,
    ...(isOnFargate && { platformFamily: platformFamilyOf(definition) }),
  }
  const service = needsDeployment ? startDeployment(context, nextService, definition, revisionMembers) : nextService
  ecsTables.services.set(service.serviceArn, service)
  if (ignoredFields.length > 0)
    addEvents(context, service.serviceArn, [serviceEventTexts.withoutEffect(service.serviceName, ignoredFields)])
  scheduler.reconcileSoon(ecsTables, service.serviceArn)
  // Without a deployment the response still shows the deployment's earlier desired count (as recorded).
  return {
    service: serviceInResponse(
      service,
      ecsTables,
      needsDeployment ? {} : { primaryDesiredCount: storedService.desiredCount },
    ),
  }
}

function requestedDefinition(
  { ecsTables }: ActionContext,
  storedService: ServiceRecord,
  { taskDefinition }: AwsJson<UpdateServiceRequest>,
) {
  if (taskDefinition === undefined)
    return definitionOf(ecsTables, { taskDefinitionArn: storedService.taskDefinition ?? '' })
  const definition = findTaskDefinition(ecsTables, taskDefinition)
  if (!definition) throw new AwsError('ClientException', 'TaskDefinition not found.')
  checkDefinitionActive(definition, 'ClientException')
  return definition
}

/** The input, with the stored settings that ECS checks together with the input. */
function inputToCheck(
  input: AwsJson<UpdateServiceRequest>,
  { deploymentConfiguration, availabilityZoneRebalancing }: ServiceRecord,
): object {
  const needsStoredSettings =
    input.deploymentConfiguration !== undefined || input.availabilityZoneRebalancing !== undefined
  return { ...input, ...(needsStoredSettings && { deploymentConfiguration, availabilityZoneRebalancing }) }
}

/**
 * @throws AwsError InvalidParameterException when the capacity provider strategy changes without a forced deployment
 * (kayac/ecspresso#977, pipe-cd/pipecd#6385, aws/aws-cdk#36563).
 */
function checkStrategyChange(
  storedService: ServiceRecord,
  changedService: ServiceRecord,
  { forceNewDeployment }: AwsJson<UpdateServiceRequest>,
): void {
  const nameOf = ({ capacityProvider = '' }) => capacityProvider
  const strategyOf = ({ capacityProviderStrategy = [] }: ServiceRecord) =>
    strategyWithDefaults(capacityProviderStrategy).sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
  if (forceNewDeployment || isDeepStrictEqual(strategyOf(storedService), strategyOf(changedService))) return
  throw new AwsError(
    'InvalidParameterException',
    'When switching from launch type to capacity provider strategy on an existing service, or making a change to a capacity provider strategy on a service that is already using one, you must force a new deployment.',
  )
}

/**
 * The stored service with the input merged over it. Its task definition and its deployments are still the stored ones.
 */
function mergedService(
  { ecsTables }: ActionContext,
  storedService: ServiceRecord,
  input: AwsJson<UpdateServiceRequest>,
): ServiceRecord {
  const given = Object.fromEntries(
    membersWithoutDeployment.flatMap((member) => (input[member] === undefined ? [] : [[member, input[member]]])),
  )
  const { launchType, ...otherMembers } = storedService
  const strategy = input.capacityProviderStrategy
  const capacity =
    strategy === undefined
      ? undefined
      : strategy.length > 0
        ? chooseCapacity(getCluster(ecsTables, shortName(storedService.clusterArn)), {
            capacityProviderStrategy: strategy,
          })
        : { launchType: launchType ?? 'FARGATE', strategy: [] }
  return {
    ...otherMembers,
    ...(capacity
      ? capacity.strategy.length > 0
        ? { capacityProviderStrategy: capacity.strategy }
        : { launchType: capacity.launchType, capacityProviderStrategy: [] }
      : { ...(launchType && { launchType }) }),
    ...given,
    deploymentConfiguration: mergedDeploymentConfiguration(
      input.deploymentConfiguration,
      storedService.deploymentConfiguration,
    ),
    ...(input.platformVersion !== undefined && { platformVersion: input.platformVersion }),
    ...(input.networkConfiguration && { networkConfiguration: networkWithDefaults(input) }),
    ...(input.loadBalancers && { loadBalancers: input.loadBalancers }),
    ...(input.serviceRegistries && { serviceRegistries: input.serviceRegistries }),
  }
}

/** The members of the revision that the PRIMARY deployment deploys. */
function storedRevisionMembers({ ecsTables }: ActionContext, service: ServiceRecord) {
  const revision = ecsTables.serviceRevisions.get(
    revisionArn(ecsTables, service, service.internal.deployments[0]?.id ?? ''),
  )
  return revisionMembersIn(revision ?? {})
}

/** Whether the change needs a new deployment. An empty list equals a missing list. */
function needsNewDeployment(
  context: ActionContext,
  storedService: ServiceRecord,
  nextService: ServiceRecord,
  nextRevisionMembers: object,
): boolean {
  const comparedMembers = ['taskDefinition', 'networkConfiguration', 'platformVersion'] as const
  const withoutEmptyLists = (members: object) =>
    Object.fromEntries(Object.entries(members).filter(([, value]) => !Array.isArray(value) || value.length > 0))
  return (
    comparedMembers.some((member) => !isDeepStrictEqual(storedService[member], nextService[member])) ||
    !isDeepStrictEqual(
      withoutEmptyLists(storedRevisionMembers(context, storedService)),
      withoutEmptyLists(nextRevisionMembers),
    )
  )
}
