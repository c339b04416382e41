/**
 * The rules of CreateService, UpdateService and RunTask on the task definition and the cluster in the request.
 * `evidence` is how it is known that AWS has a rule; rule.ts explains its forms. ECS applies the rules in
 * `rulesAppliedAfterLookup` only after it has found the cluster and the task definition.
 */
import { shortName } from '../references.ts'
import { isWindows } from './definition-rule.ts'
import { type Rule, rulesAppliedAfterLookup } from './rule.ts'
import {
  ruleOnRunTask,
  rulesOnCreateAndUpdateService,
  rulesOnServicesAndRunTask,
  runsOnFargate,
} from './service-rule.ts'

export const launchRules: readonly Rule[] = rulesAppliedAfterLookup([
  ...rulesOnServicesAndRunTask(
    { evidence: 'DataDog/test-infra-definitions#57, cdk-preflight pf-ecs-service-network-config-mode' },
    function* (input, { definition }) {
      if (definition && definition.networkMode !== 'awsvpc' && input.networkConfiguration?.awsvpcConfiguration)
        yield [
          ['networkConfiguration'],
          'Network Configuration is not valid for the given networkMode of this task definition.',
        ]
    },
  ),
  // ECS accepts the registration of such a definition with the compatibility FARGATE, and rejects its launch.
  ...rulesOnServicesAndRunTask(
    {
      evidence: 'splunk/splunk-connect-for-kubernetes#401, terraform-aws-modules/terraform-aws-ecs#317',
      code: 'PlatformTaskDefinitionIncompatibilityException',
    },
    function* (input, { definition }) {
      const containers = definition && runsOnFargate(input) ? (definition.containerDefinitions ?? []) : []
      const needsMoreThanFargate = containers.some(
        ({ firelensConfiguration, restartPolicy }) =>
          firelensConfiguration?.options?.['config-file-type'] === 's3' ||
          (restartPolicy?.enabled && isWindows(definition ?? {})),
      )
      if (needsMoreThanFargate)
        yield [['taskDefinition'], 'One or more of the requested capabilities are not supported.']
    },
  ),
  ...rulesOnCreateAndUpdateService(
    { evidence: 'aws/aws-toolkit-jetbrains#3649' },
    function* ({ enableExecuteCommand }, { definition }, verb) {
      if (enableExecuteCommand && definition && !definition.taskRoleArn)
        yield [
          ['enableExecuteCommand'],
          `The service couldn't be ${verb} because a valid taskRoleArn is not being used. Specify a valid task role in your task definition and try again.`,
        ]
    },
  ),
  ...rulesOnServicesAndRunTask(
    { evidence: 'documentation: CreateService, capacityProviderStrategy' },
    function* ({ capacityProviderStrategy = [] }, { cluster }) {
      if (!cluster) return
      const associated = new Set(cluster.capacityProviders?.map(shortName))
      for (const [i, { capacityProvider = '' }] of capacityProviderStrategy.entries())
        if (!associated.has(shortName(capacityProvider)))
          yield [
            ['capacityProviderStrategy', i, 'capacityProvider'],
            'The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. Associate the capacity provider with the cluster or specify a valid capacity provider and try again.',
          ]
    },
  ),
  // Windows has other version numbers than Linux.
  ...rulesOnServicesAndRunTask(
    { evidence: 'documentation: Fargate platform versions', code: 'PlatformUnknownException' },
    function* (input, { definition }) {
      const isEc2 = 'launchType' in input && input.launchType === 'EC2'
      if (!definition || isEc2 || input.platformVersion === undefined) return
      const validVersions = isWindows(definition) ? ['1.0.0'] : ['1.4.0', '1.3.0']
      if (!['LATEST', ...validVersions].includes(input.platformVersion))
        yield [['platformVersion'], 'The specified platform does not exist.', `LATEST, ${validVersions.join(' or ')}.`]
    },
  ),
  // The text for a security group follows the one for a subnet.
  ...rulesOnServicesAndRunTask(
    { evidence: 'documentation: AwsVpcConfiguration, ids' },
    function* ({ networkConfiguration }) {
      const { subnets = [], securityGroups = [] } = networkConfiguration?.awsvpcConfiguration ?? {}
      const vpcPath = ['networkConfiguration', 'awsvpcConfiguration']
      for (const [i, id] of subnets.entries())
        if (!/^subnet-([0-9a-f]{8}|[0-9a-f]{17})$/.test(id))
          yield [
            [...vpcPath, 'subnets', i],
            `Error retrieving subnet information for [${id}]: The subnet ID '${id}' does not exist (ErrorCode: InvalidSubnetID.NotFound)`,
          ]
      for (const [i, id] of securityGroups.entries())
        if (!/^sg-([0-9a-f]{8}|[0-9a-f]{17})$/.test(id))
          yield [
            [...vpcPath, 'securityGroups', i],
            `Error retrieving security group information for [${id}]: The security group '${id}' does not exist (ErrorCode: InvalidGroup.NotFound)`,
          ]
    },
  ),
  ruleOnRunTask({ evidence: 'boto/boto3#3173' }, function* ({ enableExecuteCommand, overrides }, { definition }) {
    if (enableExecuteCommand && definition && !(overrides?.taskRoleArn ?? definition.taskRoleArn))
      yield [
        ['enableExecuteCommand'],
        'The execute command failed because a valid task role is not being used. Specify a valid task role in your task definition or as a task override and try again.',
      ]
  }),
])
