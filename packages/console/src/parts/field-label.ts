/** The label of the field that a JSON Pointer of a rejected body names: a form has labels, and no pointers. */

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

/** Undefined for a pointer to no field of a form. */
export function labelOf(pointer: string): string | undefined {
  const [, index, member = ''] = /^\/containerDefinitions\/(\d+)\/(\w+)/.exec(pointer) ?? []
  if (index === undefined) return labels.find(([pattern]) => pattern.test(pointer))?.[1]
  const label = containerLabels[member]
  return label && `${label} of container ${Number(index) + 1}`
}
