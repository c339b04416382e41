/** What CreateService and UpdateService check and take alike. */
import type { CreateServiceRequest, UpdateServiceRequest } from '@aws-sdk/client-ecs'
import type { Wire } from '@ecs-api/ecs-model'
import type { Runtime } from '../../runtimes/runtime.ts'
import { type Deployed, deployedMembers } from '../scheduler/deployments.ts'

type Input = Wire<Partial<CreateServiceRequest>> & Wire<Partial<UpdateServiceRequest>>

/** The members that a deployment deploys, beside the service's own. */
export function deployedBy(input: Input): Deployed {
  const given = deployedMembers.filter(
    (member) => input[member] !== undefined && !(member === 'monitoring' && isEmptyMonitoring(input)),
  )
  return Object.fromEntries(given.map((member) => [member, input[member]]))
}

/** `{}` is accepted and left out (as recorded of CreateService). */
function isEmptyMonitoring({ monitoring = {} }: Input): boolean {
  return Object.keys(monitoring).length === 0
}

/** The fields that are given and mean something, but change nothing here. */
export function withoutEffect(input: Input, { exec }: Pick<Runtime, 'exec'>): string[] {
  const { alarms, earlySuccessCriteria, lifecycleHooks, bakeTimeInMinutes } = input.deploymentConfiguration ?? {}
  const told: Record<string, boolean> = {
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
  return Object.keys(told).filter((field) => told[field])
}

const hasItems = (list: readonly unknown[] | undefined) => (list?.length ?? 0) > 0
