/** The labels of form fields by JSON Pointer: an error about a body then names the field that the person sees. */

const labels: readonly (readonly [pointer: RegExp, label: string])[] = [
  [/^\/family$/, 'Family'],
  [/^\/cpu$/, 'CPU'],
  [/^\/memory$/, 'Memory'],
  [/^\/executionRoleArn$/, 'Execution role'],
  [/^\/taskRoleArn$/, 'Task role'],
  [/^\/name$/, 'Name'],
  [/^\/taskDefinition$/, 'Task definition'],
  [/^\/(count|desiredCount)$/, 'Desired count'],
  [/^\/subnets\b/, 'Subnets'],
  [/^\/securityGroups\b/, 'Security groups'],
  [/^\/enableExecuteCommand$/, 'Allow terminals'],
  [/^\/platformVersion$/, 'Platform version of Fargate'],
  [/^\/healthCheckGracePeriodSeconds$/, 'Health check grace period, seconds'],
  [/^\/deploymentConfiguration\/minimumHealthyPercent$/, 'Minimum healthy percent'],
  [/^\/deploymentConfiguration\/maximumPercent$/, 'Maximum percent'],
]

const containerLabels: Readonly<Record<string, string>> = {
  name: 'Container name',
  image: 'Image',
  ports: 'Ports',
  portMappings: 'Ports',
  command: 'Command',
  environment: 'Environment',
  secrets: 'Secrets',
}

/** The label of the field that the JSON Pointer names; undefined when no form has such a field. */
export function labelOf(pointer: string): string | undefined {
  const [, container, field = ''] = /^\/containers\/([^/]+)\/(\w+)/.exec(pointer) ?? []
  if (container !== undefined) return containerLabels[field] && `${containerLabels[field]} of ${container}`
  const [, index, member = ''] = /^\/containerDefinitions\/(\d+)\/(\w+)/.exec(pointer) ?? []
  if (index === undefined) return labels.find(([pattern]) => pattern.test(pointer))?.[1]
  const label = containerLabels[member]
  return label && `${label} of container ${Number(index) + 1}`
}
