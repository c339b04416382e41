/** The API shape of a service. */
import type { Service } from '@aws-sdk/client-ecs'
import { configVersionOf } from '../shapes/config-version.ts'
import { type JsonObject, toApiShape } from '../shapes/to-api-shape.ts'
import { primaryDeployment } from './primary-deployment.ts'

/**
 * Fields that a client can set and that ECS returns on the service itself. The service's `configVersion`, its version
 * for `If-Match`, is a hash of these and the next fields.
 */
const settableOnService = [
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

/** Fields that a client can set and that ECS returns on the PRIMARY deployment only. */
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

/** By description: several requests can share one description, and it is converted only once. */
const serviceResources = new WeakMap<Service, ServiceResource>()

export function toServiceResource(service: Service): ServiceResource {
  const known = serviceResources.get(service)
  if (known) return known
  const resource = resourceOf(service)
  serviceResources.set(service, resource)
  return resource
}

function resourceOf(service: Service): ServiceResource {
  return {
    name: service.serviceName,
    ...toApiShape('Service', service),
    configVersion: versionOf(service),
  } as ServiceResource
}

function versionOf(service: Service): string {
  return configVersionOf({ ...deploymentFields(service), ...service }, [...settableOnService, ...settableOnDeployment])
}

/** The settable fields that ECS returns on the PRIMARY deployment only, with their values. */
export function deploymentFields(service: Service): Record<string, unknown> {
  const primary = primaryDeployment(service)
  return Object.fromEntries(settableOnDeployment.map((field) => [field, primary?.[field]]))
}

/** A service in a list, with its events only on request. */
export function toListedService(service: Service, { includeEvents }: { includeEvents: boolean }): JsonObject {
  const { events, ...resource } = toServiceResource(service)
  return includeEvents ? { ...resource, events } : resource
}
