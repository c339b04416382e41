/** The parts of the input that CreateService and UpdateService treat alike. */
import type { CreateServiceRequest, UpdateServiceRequest } from '@aws-sdk/client-ecs'
import type { Wire } from '@ecs-api/ecs-model'
import type { Runtime } from '../../runtimes/runtime.ts'
import { type DeployedMembers, deployedMembers } from '../scheduler/deployments.ts'

type Input = Wire<Partial<CreateServiceRequest>> & Wire<Partial<UpdateServiceRequest>>

/** The members that the service's revision gets from the request. */
export function revisionMembersIn(input: Input): DeployedMembers {
  const given = deployedMembers.filter(
    (member) => input[member] !== undefined && !(member === 'monitoring' && isEmptyMonitoring(input)),
  )
  return Object.fromEntries(given.map((member) => [member, input[member]]))
}

/** ECS accepts `{}` and leaves the member out (as recorded for CreateService). */
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
