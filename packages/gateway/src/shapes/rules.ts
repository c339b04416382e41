/** The rules of the API contract that turn ECS's shapes into ours, as closed tables. */

/** Members that are a list of pairs in ECS and a map here. */
export const pairs: ReadonlySet<string> = new Set([
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

/** Members that are numbers here, wherever they stand; ECS has some of them as strings. */
export const quantities: ReadonlySet<string> = new Set(['cpu', 'memory', 'memoryReservation'])

/** References to ECS's own things: by their short name here. All other ARNs stay ARNs. */
const references: Readonly<Record<string, string>> = {
  clusterArn: 'cluster',
  serviceArn: 'service',
  taskArn: 'task',
  taskDefinition: 'taskDefinition',
  taskDefinitionArn: 'taskDefinition',
}

/** Members that drop their resource's own prefix, by structure. */
export const ownNames: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Cluster: { clusterName: 'name', clusterArn: 'arn' },
  Service: { serviceName: 'name', serviceArn: 'arn' },
  Task: { taskArn: 'arn' },
  TaskDefinition: { taskDefinitionArn: 'arn' },
  Container: { containerArn: 'arn' },
  ServiceDeployment: { serviceDeploymentArn: 'arn' },
  ServiceDeploymentBrief: { serviceDeploymentArn: 'arn' },
  ServiceRevision: { serviceRevisionArn: 'arn' },
}

/** Fields of ours beside ECS's, by structure. */
export const addedFields: Readonly<Record<string, readonly string[]>> = {
  Cluster: ['configVersion'],
  Service: ['configVersion', 'outcome', 'reason'],
  Task: ['id', 'address', 'publicAddress', 'runtime', 'ports', 'outcome', 'reason'],
  TaskDefinition: ['name', 'tags'],
  ServiceDeployment: ['id', 'progress', 'taskFailures'],
}

/** What a member of a structure is called here. */
export function ourName(structure: string, member: string): string {
  return ownNames[structure]?.[member] ?? (isReference(structure, member) ? references[member]! : member)
}

/** Inputs' references are read as they are: a name or an ARN. Only answers show the short name. */
export function isReference(structure: string, member: string): boolean {
  return Object.hasOwn(references, member) && !ownNames[structure]?.[member]
}
