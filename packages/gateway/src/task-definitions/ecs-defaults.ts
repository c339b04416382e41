/** The values that ECS adds to a registration, so that a plan does not show them as removed. */
import type { ContainerDefinition, PortMapping, RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'

/**
 * Source: recorded responses of RegisterTaskDefinition; API Reference, ContainerDefinition, PortMapping, HealthCheck.
 */
export function withEcsDefaults(input: RegisterTaskDefinitionRequest): RegisterTaskDefinitionRequest {
  const { containerDefinitions, volumes, networkMode } = input
  const hasTaskInterface = networkMode === 'awsvpc' || networkMode === 'host'
  return {
    ...input,
    containerDefinitions: containerDefinitions?.map((container) => containerWithDefaults(container, hasTaskInterface)),
    ...(volumes && {
      volumes: volumes.map((volume) => {
        const { efsVolumeConfiguration: efs } = volume
        return efs ? { ...volume, efsVolumeConfiguration: { ...efs, rootDirectory: efs.rootDirectory ?? '/' } } : volume
      }),
    }),
  }
}

function containerWithDefaults(container: ContainerDefinition, hasTaskInterface: boolean): ContainerDefinition {
  const { portMappings, healthCheck } = container
  return {
    ...container,
    cpu: container.cpu ?? 0,
    essential: container.essential ?? true,
    ...(portMappings && { portMappings: portMappings.map((mapping) => portWithDefaults(mapping, hasTaskInterface)) }),
    ...(healthCheck && { healthCheck: { interval: 30, timeout: 5, retries: 3, ...healthCheck } }),
  }
}

/** A mapping of a port range keeps its host ports open, because ECS chooses them. */
function portWithDefaults(mapping: PortMapping, hasTaskInterface: boolean): PortMapping {
  const { containerPort, protocol = 'tcp' } = mapping
  if (containerPort === undefined) return { ...mapping, protocol }
  return { ...mapping, hostPort: hasTaskInterface ? containerPort : (mapping.hostPort ?? 0), protocol }
}
