/** A service in our shape. */
import type { Service } from '@aws-sdk/client-ecs'
import { configVersion } from '../shapes/config-version.ts'
import { type JsonObject, present } from '../shapes/present.ts'
import { primaryDeployment } from './primary-deployment.ts'

/** What a client can set and ECS shows on the service itself. */
const settable = [
  'desiredCount',
  'taskDefinition',
  'launchType',
  'capacityProviderStrategy',
  'platformVersion',
  'deploymentConfiguration',
  'deploymentController',
  'availabilityZoneRebalancing',
  'networkConfiguration',
  'loadBalancers',
  'serviceRegistries',
  'placementConstraints',
  'placementStrategy',
  'healthCheckGracePeriodSeconds',
  'enableExecuteCommand',
  'enableECSManagedTags',
  'propagateTags',
  'tags',
] as const satisfies (keyof Service)[]

/** What a client can set and ECS shows on the service's PRIMARY deployment only. */
const settableOnDeployment = [
  'serviceConnectConfiguration',
  'volumeConfigurations',
  'vpcLatticeConfigurations',
] as const

export type ServiceResource = JsonObject & {
  name: string
  arn: string
  status: string
  cluster: string
  configVersion: string
}

/** An answer of AWS's is shared by whoever asked for it at the same time: it is presented once. */
const presented = new WeakMap<Service, ServiceResource>()

export function presentService(service: Service): ServiceResource {
  const known = presented.get(service)
  if (known) return known
  const made = ofService(service)
  presented.set(service, made)
  return made
}

function ofService(service: Service): ServiceResource {
  return {
    name: service.serviceName,
    ...present('Service', service),
    configVersion: versionOf(service),
  } as ServiceResource
}

function versionOf(service: Service): string {
  return configVersion({ ...onDeployment(service), ...service }, [...settable, ...settableOnDeployment])
}

/** Those settings that stand on the PRIMARY deployment. */
export function onDeployment(service: Service): Record<string, unknown> {
  const primary = primaryDeployment(service)
  return Object.fromEntries(settableOnDeployment.map((field) => [field, primary?.[field]]))
}

/** A service as a list shows it: its events are asked for by name. */
export function presentListed(service: Service, includeEvents: boolean): JsonObject {
  const { events, ...shown } = presentService(service)
  return includeEvents ? { ...shown, events } : shown
}
