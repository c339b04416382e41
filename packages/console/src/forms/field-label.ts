/** The labels of form fields by JSON Pointer: an error about a body then names the field that the person sees. */

const labels: readonly (readonly [pointer: RegExp, label: string])[] = [
  [/^\/family$/, 'Family'],
  [/^\/cpu$/, 'CPU'],
  [/^\/memory$/, 'Memory'],
  [/^\/runtimePlatform\/cpuArchitecture$/, 'CPU architecture'],
  [/^\/runtimePlatform\/operatingSystemFamily$/, 'Operating system'],
  [/^\/executionRoleArn$/, 'Execution role'],
  [/^\/taskRoleArn$/, 'Task role'],
  [/^\/name$/, 'Name'],
  [/^\/taskDefinition$/, 'Task definition'],
  [/^\/(count|desiredCount)$/, 'Desired count'],
  [/^\/loadBalancers\/\d+\/containerName$/, 'Container of the load balancer'],
  [/^\/loadBalancers\/\d+\/containerPort$/, 'Container port'],
  [/^\/loadBalancers\/\d+\/targetGroupArn$/, 'Target group'],
  [/^\/tags\b/, 'Tags'],
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
  healthCheck: 'Health check',
  'healthCheck/interval': 'Health check interval',
  'healthCheck/timeout': 'Health check timeout',
  'healthCheck/retries': 'Health check retries',
  'healthCheck/startPeriod': 'Health check start period',
}

/** The label of the field of a container definition's member; undefined when no form has such a field. */
export const containerFieldLabel = (member: string) => containerLabels[member] ?? containerLabels[member.split('/')[0]!]

/** The label of the field that the JSON Pointer names; undefined when no form has such a field. */
export function fieldLabelOf(pointer: string): string | undefined {
  const [, kind, container = '', member = ''] =
    /^\/(containers|containerDefinitions)\/([^/]+)\/(.+)/.exec(pointer) ?? []
  if (kind === undefined) return labels.find(([pattern]) => pattern.test(pointer))?.[1]
  const label = containerFieldLabel(member)
  return label && `${label} of ${kind === 'containers' ? container : `container ${Number(container) + 1}`}`
}
