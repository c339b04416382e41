/**
 * The rules of CreateService, UpdateService and RunTask on their own members. The rules on placement, deployments, load
 * balancers and other parts are in other files of this folder. `evidence` is how it is known that AWS has a rule;
 * rule.ts explains its forms.
 */
import type { Rule } from './rule.ts'
import {
  ruleOnCreateService,
  ruleOnRunTask,
  ruleOnUpdateService,
  rulesOnCreateAndUpdateService,
  rulesOnServicesAndRunTask,
} from './service-rule.ts'
import { isRoleReference } from './task-definition.ts'

export const serviceRules: readonly Rule[] = [
  ruleOnCreateService({ evidence: 'deployment: cdk-preflight' }, function* ({ serviceName }) {
    if (serviceName !== undefined && !/^[a-zA-Z0-9\-_]{1,255}$/.test(serviceName))
      yield [
        ['serviceName'],
        `ServiceName must match ^[a-zA-Z0-9\\-_]{1,255}$, but was ${serviceName.replace(/[^\x20-\x7e]/gu, '?')}`,
      ]
  }),
  ruleOnCreateService({ evidence: 'recorded response: radkawar/stackd' }, function* (input) {
    if (input.schedulingStrategy === 'DAEMON') {
      if (input.desiredCount !== undefined)
        yield [
          ['desiredCount'],
          'The daemon scheduling strategy does not support a desired count for services. Remove the desired count value and try again',
        ]
    } else if (input.desiredCount === undefined) yield [['desiredCount'], 'DesiredCount is missing']
    else if (input.desiredCount < 0) yield [['desiredCount'], 'DesiredCount can not be lesser than 0']
  }),
  ruleOnCreateService({ evidence: 'recorded response: services 65' }, function* ({ schedulingStrategy, launchType }) {
    if (schedulingStrategy === 'DAEMON' && launchType === 'FARGATE')
      yield [
        ['schedulingStrategy'],
        'The daemon scheduling strategy does not support the FARGATE launch type. Change the launch type and try again',
      ]
  }),
  ruleOnCreateService(
    { evidence: 'cdk-preflight pf-ecs-svc-az-rebalancing-with-daemon' },
    function* ({ schedulingStrategy, availabilityZoneRebalancing }) {
      if (schedulingStrategy === 'DAEMON' && availabilityZoneRebalancing === 'ENABLED')
        yield [
          ['availabilityZoneRebalancing'],
          "The service couldn't be created because Availability Zone Rebalancing does not support DAEMON as scheduling strategy. Update scheduling strategy and try again.",
        ]
    },
  ),
  ruleOnCreateService(
    { evidence: 'cdk-preflight pf-ecs-svc-daemon-max-percent' },
    function* ({ schedulingStrategy, deploymentConfiguration }) {
      if (schedulingStrategy === 'DAEMON' && (deploymentConfiguration?.maximumPercent ?? 0) > 100)
        yield [
          ['deploymentConfiguration', 'maximumPercent'],
          'The daemon scheduling strategy does not support values above 100 for maximumPercent on a deployment configuration. Change the maximumPercent value to 100, and try again',
        ]
    },
  ),
  ruleOnCreateService(
    { evidence: 'cdk-preflight pf-ecs-svc-daemon-with-placement-strategies' },
    function* ({ schedulingStrategy, placementStrategy }) {
      if (schedulingStrategy === 'DAEMON' && placementStrategy?.length)
        yield [
          ['placementStrategy'],
          'The daemon scheduling strategy does not support placement strategies. Remove the placement strategy and try again',
        ]
    },
  ),
  ruleOnCreateService({ evidence: 'contract: Amazon ECS service quotas' }, function* ({ desiredCount }) {
    if (desiredCount !== undefined && desiredCount > 5000) yield [['desiredCount'], TOO_MANY_TASKS]
  }),
  ruleOnUpdateService({ evidence: 'recorded response: radkawar/stackd' }, function* ({ desiredCount }) {
    if (desiredCount !== undefined && desiredCount < 0) yield [['desiredCount'], 'Task count can not be lesser than 0']
  }),
  ruleOnUpdateService({ evidence: 'contract: Amazon ECS service quotas' }, function* ({ desiredCount }) {
    if (desiredCount !== undefined && desiredCount > 5000) yield [['desiredCount'], TOO_MANY_TASKS]
  }),
  ruleOnCreateService({ evidence: 'error quoted in a public repository' }, function* ({ clientToken }) {
    if (clientToken !== undefined && clientToken.length > 36)
      yield [['clientToken'], 'idempotency token longer than 36.']
  }),
  ...[ruleOnCreateService, ruleOnRunTask].map((ruleOn) =>
    ruleOn({ evidence: 'documentation: CreateService and RunTask, clientToken' }, function* ({ clientToken = '' }) {
      if (!/^[\x21-\x7e]*$/.test(clientToken))
        yield [['clientToken'], 'clientToken can have the ASCII characters 33 to 126 only.']
    }),
  ),
  ruleOnCreateService(
    { evidence: 'cdk-preflight pf-ecs-svc-role-without-load-balancers' },
    function* ({ role, loadBalancers }) {
      if (role !== undefined && !loadBalancers?.length)
        yield [['role'], 'IAM roles are only valid for services configured to use load balancers.']
    },
  ),
  ...rulesOnCreateAndUpdateService(
    { evidence: 'documentation: UpdateService, healthCheckGracePeriodSeconds' },
    function* ({ healthCheckGracePeriodSeconds: grace = 0 }) {
      if (grace < 0 || grace > 2_147_483_647)
        yield [['healthCheckGracePeriodSeconds'], 'healthCheckGracePeriodSeconds must be between 0 and 2147483647.']
    },
  ),
  ...rulesOnCreateAndUpdateService(
    { evidence: 'documentation: CreateService, gatewayConnectors' },
    function* ({ gatewayConnectors = [] }) {
      if (gatewayConnectors.length > 1) yield [['gatewayConnectors'], 'gatewayConnectors can have at most 1 item.']
    },
  ),
  ruleOnRunTask({ evidence: 'contract: RunTask, count' }, function* ({ count }) {
    if (count !== undefined && (count < 1 || count > 10)) yield [['count'], 'count must be between 1 and 10.']
  }),
  ruleOnRunTask({ evidence: 'contract: RunTask, clientToken' }, function* ({ clientToken }) {
    if (clientToken !== undefined && clientToken.length > 64)
      yield [['clientToken'], 'clientToken must be at most 64 characters.']
  }),
  ruleOnRunTask({ evidence: 'field report of 2026-11-28' }, function* ({ overrides }) {
    if (overrides && JSON.stringify(overrides).length > 8192)
      yield [['overrides'], 'Container Overrides length must be at most 8192']
  }),
  // The text was observed for an earlier limit of 36, "startedBy longer than 36." (convox/rack#1727).
  ruleOnRunTask({ evidence: 'documentation: RunTask, startedBy' }, function* ({ startedBy = '' }) {
    if (startedBy.length > 128) yield [['startedBy'], 'startedBy longer than 128.']
    if (!/^[\w/-]*$/.test(startedBy))
      yield [['startedBy'], 'startedBy contains invalid characters: letters, numbers, - / and _ are allowed.']
  }),
  ruleOnRunTask({ evidence: 'documentation: RunTask, propagateTags' }, function* ({ propagateTags }) {
    if (propagateTags === 'SERVICE')
      yield [['propagateTags'], 'propagateTags SERVICE is not supported when running a task.']
  }),
  ruleOnRunTask({ evidence: 'documentation: RunTask, referenceId' }, function* ({ referenceId = '' }) {
    if (referenceId.length > 1024) yield [['referenceId'], 'referenceId must be at most 1024 characters.']
  }),
  ruleOnRunTask({ evidence: 'by analogy: RegisterTaskDefinition' }, function* ({ overrides }) {
    for (const member of ['taskRoleArn', 'executionRoleArn'] as const) {
      const role = overrides?.[member]
      if (role !== undefined && !isRoleReference(role)) yield [['overrides', member], 'Role is not valid']
    }
  }),
  ruleOnRunTask({ evidence: 'aws/amazon-ecs-cli#359, field report of 2026-11-28' }, function* ({ overrides }) {
    for (const [i, { name }] of (overrides?.containerOverrides ?? []).entries())
      if (!name) yield [['overrides', 'containerOverrides', i, 'name'], 'Container Name can not be blank.']
  }),
  ...rulesOnServicesAndRunTask({ evidence: 'deployment: cdk-preflight' }, function* (input) {
    if (!('launchType' in input) || input.launchType !== 'FARGATE') return
    if (input.placementConstraints?.length)
      yield [['placementConstraints'], 'Placement constraints are not supported with FARGATE launch type.']
    if (input.placementStrategy?.length)
      yield [['placementStrategy'], 'Placement strategies are not supported with FARGATE launch type.']
  }),
  ruleOnCreateService(
    { evidence: 'cdk-preflight pf-ecs-service-platform-version-ec2' },
    function* ({ launchType, platformVersion }) {
      if (launchType === 'EC2' && platformVersion !== undefined)
        yield [['platformVersion'], 'The platform version must be null when specifying an EC2 launch type.']
    },
  ),
  ruleOnRunTask(
    { evidence: 'by analogy: pf-ecs-service-platform-version-ec2' },
    function* ({ launchType, platformVersion }) {
      if (launchType === 'EC2' && platformVersion !== undefined)
        yield [['platformVersion'], 'The platform version must be null when specifying an EC2 launch type.']
    },
  ),
  ...rulesOnServicesAndRunTask({ evidence: 'by analogy' }, function* ({ networkConfiguration }) {
    const subnets = networkConfiguration?.awsvpcConfiguration?.subnets
    if (subnets?.length === 0)
      yield [['networkConfiguration', 'awsvpcConfiguration', 'subnets'], 'subnets can not be empty.']
  }),
  ...rulesOnServicesAndRunTask({ evidence: 'contract: AwsVpcConfiguration' }, function* ({ networkConfiguration }) {
    const vpc = networkConfiguration?.awsvpcConfiguration
    const vpcPath = ['networkConfiguration', 'awsvpcConfiguration'] as const
    if ((vpc?.subnets?.length ?? 0) > 16) yield [[...vpcPath, 'subnets'], 'At most 16 subnets can be given.']
    if ((vpc?.securityGroups?.length ?? 0) > 5)
      yield [[...vpcPath, 'securityGroups'], 'At most 5 security groups can be given.']
  }),
]

const TOO_MANY_TASKS = 'A service can have at most 5000 tasks.'
