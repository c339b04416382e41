/**
 * The rules of CreateService and UpdateService on Service Connect, in ECS's order: namespace, aliases, port names.
 * `evidence` is how it is known that AWS has a rule; rule.ts explains its forms. ECS applies the rules in
 * `rulesAppliedAfterLookup` only after it has found the cluster and the task definition.
 */
import type { ServiceConnectConfiguration, ServiceConnectService } from '@aws-sdk/client-ecs'
import type { AwsJson } from '../wire.ts'
import { type Path, type Rule, rule, rulesAppliedAfterLookup } from './rule.ts'
import { rulesOnCreateAndUpdateService, type ServiceInput } from './service-rule.ts'

const servicesPath = ['serviceConnectConfiguration', 'services'] as const

function* serviceConnectServices({
  serviceConnectConfiguration: connect,
}: ServiceInput): Iterable<[Partial<AwsJson<ServiceConnectService>>, Path]> {
  if (!connect?.enabled) return
  for (const [i, service] of (connect.services ?? []).entries()) yield [service, [...servicesPath, i]]
}

export const serviceConnectRules: readonly Rule[] = [
  ...rulesAppliedAfterLookup([
    ...rulesOnCreateAndUpdateService(
      { evidence: 'cdk-preflight pf-ecs-svc-connect-without-namespace' },
      function* ({ serviceConnectConfiguration: connect }, { cluster }) {
        if (
          cluster &&
          connect?.enabled &&
          connect.services?.length &&
          !connect.namespace &&
          !cluster.serviceConnectDefaults?.namespace
        )
          yield [['serviceConnectConfiguration', 'namespace'], 'Namespace is missing']
      },
    ),
    ...rulesOnCreateAndUpdateService(
      { evidence: 'hashicorp/terraform-provider-aws#44027, cdk-preflight pf-ecs-svc-connect-port-name-missing' },
      function* (input) {
        for (const [{ clientAliases }, path] of serviceConnectServices(input))
          if (!clientAliases?.length) yield [[...path, 'clientAliases'], 'clientAliases must have 1 element.']
      },
    ),
    ...rulesOnCreateAndUpdateService(
      { evidence: 'cdk-preflight pf-ecs-svc-connect-client-aliases-max' },
      function* (input) {
        for (const [{ clientAliases = [] }, path] of serviceConnectServices(input))
          if (clientAliases.length > 1)
            yield [[...path, 'clientAliases'], `${clientAliases.length} clientAliases exceeds the max limit of 1`]
      },
    ),
    ...rulesOnCreateAndUpdateService(
      { evidence: 'cdk-preflight pf-ecs-svc-connect-client-alias-dns-name' },
      function* (input) {
        for (const [{ clientAliases = [] }, path] of serviceConnectServices(input))
          for (const [j, { dnsName }] of clientAliases.entries())
            if (dnsName !== undefined && !/^[a-z0-9_.][a-z0-9_.-]{0,126}$/.test(dnsName))
              yield [
                [...path, 'clientAliases', j, 'dnsName'],
                'The DNS name that you provided is invalid. The name must be a valid DNS name but doesn’t need to be fully-qualified. Up to 127 characters are allowed. The characters can include lowercase letters, numbers, underscores (_), hyphens (-), and periods (.). A hyphen can’t be the first character.',
              ]
      },
    ),
    ...rulesOnCreateAndUpdateService(
      { evidence: 'message of cdk-preflight pf-ecs-svc-connect-port-name-missing' },
      function* (input, { definition }) {
        const names = definition?.containerDefinitions?.flatMap(({ portMappings = [] }) =>
          portMappings.map(({ name }) => name),
        )
        for (const [{ portName }, path] of names ? serviceConnectServices(input) : [])
          if (portName !== undefined && !names?.includes(portName))
            yield [
              [...path, 'portName'],
              `portName(${portName}) does not refer to any named PortMapping in the container definitions`,
            ]
      },
    ),
    ...rulesOnCreateAndUpdateService({ evidence: 'documentation: ServiceConnectService' }, function* (input) {
      for (const [{ discoveryName, clientAliases = [], ingressPortOverride }, path] of serviceConnectServices(input)) {
        if (discoveryName !== undefined && !/^[a-z0-9_][a-z0-9_-]{0,63}$/.test(discoveryName))
          yield [
            [...path, 'discoveryName'],
            `The discovery name ${discoveryName} is invalid: up to 64 lowercase letters, numbers, underscores and hyphens, not a hyphen first.`,
          ]
        for (const [j, { port }] of clientAliases.entries())
          if (port !== undefined && !isPort(port))
            yield [[...path, 'clientAliases', j, 'port'], 'The port of a client alias must be between 1 and 65535.']
        if (ingressPortOverride !== undefined && !isPort(ingressPortOverride))
          yield [[...path, 'ingressPortOverride'], 'ingressPortOverride must be between 1 and 65535.']
      }
    }),
    ...rulesOnCreateAndUpdateService(
      { evidence: 'documentation: TimeoutConfiguration, perRequestTimeoutSeconds' },
      function* (input, { definition }) {
        const ports = definition?.containerDefinitions?.flatMap(({ portMappings = [] }) => portMappings)
        for (const [{ portName, timeout }, path] of ports ? serviceConnectServices(input) : [])
          if (
            timeout?.perRequestTimeoutSeconds !== undefined &&
            ports?.some(({ name, appProtocol }) => name === portName && !appProtocol)
          )
            yield [
              [...path, 'timeout', 'perRequestTimeoutSeconds'],
              'perRequestTimeoutSeconds cannot be set for the appProtocol TCP.',
            ]
      },
    ),
  ]),
  rule<Partial<AwsJson<ServiceConnectConfiguration>>>(
    {
      on: 'ServiceConnectConfiguration',
      code: 'InvalidParameterException',
      evidence: 'documentation: ServiceConnectConfiguration, accessLogConfiguration',
    },
    function* ({ accessLogConfiguration, logConfiguration }) {
      if (accessLogConfiguration && !logConfiguration)
        yield [
          ['accessLogConfiguration'],
          'accessLogConfiguration requires a logConfiguration in the serviceConnectConfiguration.',
        ]
    },
  ),
]

const isPort = (port: number) => port >= 1 && port <= 65_535
