/**
 * The rules of RegisterTaskDefinition on the App Mesh proxy. `evidence` is how it is known that AWS has a rule; rule.ts
 * explains its forms.
 */
import { containersOf, isAwsvpc, taskDefinitionRule } from './definition-rule.ts'
import type { Rule } from './rule.ts'

const propertiesPath = ['proxyConfiguration', 'properties'] as const

export const proxyRules: readonly Rule[] = [
  taskDefinitionRule({ evidence: 'cdk-preflight pf-ecs-proxy-configuration-awsvpc-required' }, function* (input) {
    if (input.proxyConfiguration && !isAwsvpc(input))
      yield [['proxyConfiguration'], 'APPMESH proxy configuration is only supported in networkMode=awsvpc']
  }),
  taskDefinitionRule({ evidence: 'cdk-preflight pf-ecs-proxy-configuration-container-missing' }, function* (input) {
    const { containerName } = input.proxyConfiguration ?? {}
    if (containerName !== undefined && !containersOf(input).some(({ name }) => name === containerName))
      yield [['proxyConfiguration', 'containerName'], `Proxy container [${containerName}] does not exist.`]
  }),
  taskDefinitionRule(
    { evidence: 'cdk-preflight pf-ecs-proxy-configuration-missing-required-props, aws/aws-app-mesh-roadmap#467' },
    function* ({ proxyConfiguration }) {
      if (!proxyConfiguration) return
      const names = new Set(proxyConfiguration.properties?.flatMap(({ name, value }) => (name && value ? [name] : [])))
      if (!names.has('ProxyIngressPort')) yield [[...propertiesPath], 'Ingress port not found']
      if (!names.has('AppPorts')) yield [[...propertiesPath], 'App ports not found']
    },
  ),
  taskDefinitionRule({ evidence: 'documentation: ProxyConfiguration, properties' }, function* ({ proxyConfiguration }) {
    if (!proxyConfiguration) return
    const names = new Set(proxyConfiguration.properties?.flatMap(({ name, value }) => (name && value ? [name] : [])))
    if (!names.has('ProxyEgressPort')) yield [[...propertiesPath], 'Egress port not found']
    if (!names.has('IgnoredUID') && !names.has('IgnoredGID'))
      yield [[...propertiesPath], 'IgnoredUID or IgnoredGID not found']
  }),
]
