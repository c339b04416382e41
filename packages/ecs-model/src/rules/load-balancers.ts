/**
 * The rules of CreateService and UpdateService on load balancers and service registries. `evidence` is how it is known
 * that AWS has a rule; rule.ts explains its forms. ECS applies the rules in `rulesAppliedAfterLookup` only after it has
 * found the cluster and the task definition.
 */
import { type Rule, rulesAppliedAfterLookup } from './rule.ts'
import { ruleOnCreateService, rulesOnCreateAndUpdateService, runsOnFargate } from './service-rule.ts'

export const loadBalancerRules: readonly Rule[] = [
  // ECS checks the next two rules before the container's port.
  ...rulesOnCreateAndUpdateService(
    { evidence: 'cloudposse/terraform-aws-ecs-alb-service-task#38, cdk-preflight pf-ecs-service-lb-target-exclusive' },
    function* (input) {
      for (const [i, { targetGroupArn, loadBalancerName }] of (input.loadBalancers ?? []).entries())
        if (targetGroupArn !== undefined && loadBalancerName !== undefined)
          yield [
            ['loadBalancers', i, 'loadBalancerName'],
            'loadBalancerName and targetGroupArn cannot both be specified. You must specify either a loadBalancerName or a targetGroupArn in all loadBalancer entries',
          ]
    },
  ),
  ...rulesOnCreateAndUpdateService({ evidence: 'cdk-preflight pf-ecs-svc-classic-lb-with-fargate' }, function* (input) {
    for (const [i, { loadBalancerName }] of (input.loadBalancers ?? []).entries())
      if (loadBalancerName !== undefined && runsOnFargate(input))
        yield [
          ['loadBalancers', i, 'loadBalancerName'],
          'Classic Load Balancers are not supported with Fargate.',
          'Give targetGroupArn.',
        ]
  }),
  ...rulesOnCreateAndUpdateService({ evidence: 'aws/amazon-ecs-cli#359' }, function* ({ loadBalancers = [] }) {
    for (const [i, { containerName }] of loadBalancers.entries())
      if (!containerName) yield [['loadBalancers', i, 'containerName'], 'Container Name can not be blank.']
  }),
  ...rulesOnCreateAndUpdateService({ evidence: 'documentation: LoadBalancer' }, function* ({ loadBalancers = [] }) {
    for (const [i, { containerPort, targetGroupArn, loadBalancerName }] of loadBalancers.entries()) {
      if (containerPort === undefined) yield [['loadBalancers', i, 'containerPort'], 'Container Port can not be blank.']
      if (targetGroupArn === undefined && loadBalancerName === undefined)
        yield [
          ['loadBalancers', i, 'targetGroupArn'],
          'You must specify either a loadBalancerName or a targetGroupArn in all loadBalancer entries',
        ]
    }
  }),
  ...rulesAppliedAfterLookup([
    ...rulesOnCreateAndUpdateService(
      { evidence: 'deployment: cdk-preflight' },
      function* ({ loadBalancers = [] }, { definition }) {
        if (!definition) return
        for (const [i, { containerName = '', containerPort = 0 }] of loadBalancers.entries()) {
          const container = definition.containerDefinitions?.find(({ name }) => name === containerName)
          if (!container)
            yield [
              ['loadBalancers', i, 'containerName'],
              `The container ${containerName} does not exist in the task definition.`,
            ]
          else if (!container.portMappings?.some((mapping) => mapping.containerPort === containerPort))
            yield [
              ['loadBalancers', i, 'containerPort'],
              `The container ${containerName} did not have a container port ${containerPort} defined.`,
            ]
        }
      },
    ),
    ruleOnCreateService(
      { evidence: 'hashicorp/terraform-provider-aws#4657, cdk-preflight pf-ecs-svc-role-with-awsvpc' },
      function* ({ role }, { definition }) {
        if (role !== undefined && definition?.networkMode === 'awsvpc')
          yield [['role'], 'You cannot specify an IAM role for services that require a service linked role.']
      },
    ),
  ]),
  ...rulesOnCreateAndUpdateService(
    { evidence: 'cdk-preflight pf-ecs-svc-registries-multiple' },
    function* ({ serviceRegistries = [] }) {
      if (serviceRegistries.length > 1) yield [['serviceRegistries'], 'service registries can have at most 1 items.']
    },
  ),
  ...rulesOnCreateAndUpdateService(
    { evidence: 'documentation: ServiceRegistry' },
    function* ({ serviceRegistries = [] }) {
      for (const [i, { port, containerName, containerPort }] of serviceRegistries.entries())
        if (port !== undefined && containerName !== undefined && containerPort !== undefined)
          yield [
            ['serviceRegistries', i, 'port'],
            'A service registry cannot have both a port and a containerName and containerPort.',
          ]
    },
  ),
  ...rulesAppliedAfterLookup(
    rulesOnCreateAndUpdateService(
      { evidence: 'techservicesillinois/terraform-aws-ecs-service#16' },
      function* ({ serviceRegistries = [] }, { definition }) {
        if (!definition || !['bridge', 'host'].includes(definition.networkMode ?? 'bridge')) return
        for (const [i, { registryArn = '', containerName, containerPort }] of serviceRegistries.entries())
          if (containerName === undefined || containerPort === undefined)
            yield [
              ['serviceRegistries', i, containerName === undefined ? 'containerName' : 'containerPort'],
              `When specifying 'host' or 'bridge' for networkMode, values for 'containerName' and 'containerPort' must be specified from the task definition. Registry: ${registryArn}`,
            ]
      },
    ),
  ),
  ...rulesAppliedAfterLookup(
    rulesOnCreateAndUpdateService(
      { evidence: 'documentation: ServiceRegistry, containerName and containerPort' },
      function* ({ serviceRegistries = [] }, { definition }) {
        if (!definition) return
        for (const [i, { containerName, containerPort }] of serviceRegistries.entries()) {
          const container = definition.containerDefinitions?.find(({ name }) => name === containerName)
          if (containerName !== undefined && !container)
            yield [
              ['serviceRegistries', i, 'containerName'],
              `The container ${containerName} does not exist in the task definition.`,
            ]
          else if (
            container &&
            containerPort !== undefined &&
            !container.portMappings?.some((port) => port.containerPort === containerPort)
          )
            yield [
              ['serviceRegistries', i, 'containerPort'],
              `The container ${containerName} did not have a container port ${containerPort} defined.`,
            ]
        }
      },
    ),
  ),
]
