/** The rules by which the API shape differs from ECS's shape. A member is a field of one of ECS's structures. */

/** Members that are a list of pairs in ECS's shape and a map in the API shape. */
export const pairMembers: ReadonlySet<string> = new Set([
  'tags',
  'environment',
  'secrets',
  'secretOptions',
  'settings',
  'statistics',
  'details',
  'properties',
  'systemControls',
  'extraHosts',
])

/** Members that are numbers in the API shape. In some structures, ECS has them as strings. */
export const quantityMembers: ReadonlySet<string> = new Set(['cpu', 'memory', 'memoryReservation'])

/**
 * ECS's members that refer to a resource, with their API names. The API shape has the short name in place of the ARN.
 */
const references: Readonly<Record<string, string>> = {
  clusterArn: 'cluster',
  serviceArn: 'service',
  taskArn: 'task',
  taskDefinition: 'taskDefinition',
  taskDefinitionArn: 'taskDefinition',
}

/** Members that lose the prefix of their resource (`clusterName` → `name`), by structure. */
export const shortenedNames: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Cluster: { clusterName: 'name', clusterArn: 'arn' },
  Service: { serviceName: 'name', serviceArn: 'arn' },
  Task: { taskArn: 'arn' },
  TaskDefinition: { taskDefinitionArn: 'arn' },
  Container: { containerArn: 'arn' },
  ServiceDeployment: { serviceDeploymentArn: 'arn' },
  ServiceDeploymentBrief: { serviceDeploymentArn: 'arn' },
  ServiceRevision: { serviceRevisionArn: 'arn' },
}

/** Fields that this API adds, by structure. */
export const addedFields: Readonly<Record<string, readonly string[]>> = {
  Cluster: ['configVersion'],
  Service: ['configVersion', 'outcome', 'reason'],
  Task: ['id', 'address', 'publicAddress', 'runtime', 'ports', 'outcome', 'reason'],
  TaskDefinition: ['name', 'tags'],
  ServiceDeployment: [
    ...['id', 'progress', 'healthyTaskCount', 'taskFailures', 'waitingFor', 'waitingSince', 'nextStep'],
    'unavailable',
  ],
}

/** The name of a member in the API shape. */
export function apiNameOf(structure: string, member: string): string {
  return shortenedNames[structure]?.[member] ?? (isReference(structure, member) ? references[member]! : member)
}

/** Whether responses show the member as a short name. In bodies it may be a name or an ARN. */
export function isReference(structure: string, member: string): boolean {
  return Object.hasOwn(references, member) && !shortenedNames[structure]?.[member]
}
