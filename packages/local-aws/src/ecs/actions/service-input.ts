/** The members of a request that CreateService and UpdateService handle in the same way. */
import type { CreateServiceRequest, UpdateServiceRequest } from '@aws-sdk/client-ecs'
import type { AwsJson } from '@ecs-api/ecs-model'
import type { Runtime } from '../../runtimes/runtime.ts'
import { type RevisionMembers, revisionMembers } from '../scheduler/deployments.ts'

type Input = AwsJson<Partial<CreateServiceRequest>> & AwsJson<Partial<UpdateServiceRequest>>

/** The members of a new revision of the service, from a request or from the revision that it is copied from. */
export function revisionMembersIn(input: Input): RevisionMembers {
  const givenMembers = revisionMembers.filter(
    (member) => input[member] !== undefined && !(member === 'monitoring' && isEmptyMonitoring(input)),
  )
  return Object.fromEntries(givenMembers.map((member) => [member, input[member]]))
}

/** ECS accepts `monitoring: {}` and leaves the member out of the revision (as recorded for CreateService). */
function isEmptyMonitoring({ monitoring = {} }: Input): boolean {
  return Object.keys(monitoring).length === 0
}

/** The given fields that would have an effect on ECS and have none on this engine. */
export function fieldsWithoutEffect(input: Input, { exec }: Pick<Runtime, 'exec'>): string[] {
  const { alarms, earlySuccessCriteria, lifecycleHooks, bakeTimeInMinutes } = input.deploymentConfiguration ?? {}
  const isIgnored: Record<string, boolean> = {
    loadBalancers: hasItems(input.loadBalancers),
    serviceRegistries: hasItems(input.serviceRegistries),
    serviceConnectConfiguration: input.serviceConnectConfiguration?.enabled ?? false,
    volumeConfigurations: hasItems(input.volumeConfigurations),
    vpcLatticeConfigurations: hasItems(input.vpcLatticeConfigurations),
    gatewayConnectors: hasItems(input.gatewayConnectors),
    monitoring: !isEmptyMonitoring(input),
    availabilityZoneRebalancing: input.availabilityZoneRebalancing === 'ENABLED',
    healthCheckGracePeriodSeconds: (input.healthCheckGracePeriodSeconds ?? 0) > 0,
    enableExecuteCommand: (input.enableExecuteCommand ?? false) && !exec,
    placementConstraints: hasItems(input.placementConstraints),
    placementStrategy: hasItems(input.placementStrategy),
    'deploymentConfiguration.alarms': alarms?.enable ?? false,
    'deploymentConfiguration.earlySuccessCriteria': earlySuccessCriteria?.enable ?? false,
    'deploymentConfiguration.lifecycleHooks': hasItems(lifecycleHooks),
    'deploymentConfiguration.bakeTimeInMinutes': (bakeTimeInMinutes ?? 0) > 0,
  }
  return Object.keys(isIgnored).filter((field) => isIgnored[field])
}

const hasItems = (list: readonly unknown[] | undefined) => (list?.length ?? 0) > 0
