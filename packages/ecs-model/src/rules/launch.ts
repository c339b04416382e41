/** The rules of CreateService, UpdateService and RunTask on the task definition and the cluster in the request. */
import { isWindows } from './definition-rule.ts'
import { afterLookup, type Rule } from './rule.ts'
import { onLaunch, onRun, onService, runsOnFargate } from './service-rule.ts'

export const launchRules: readonly Rule[] = afterLookup([
  ...onLaunch(
    'DataDog/test-infra-definitions#57, cdk-preflight pf-ecs-service-network-config-mode',
    function* (input, { definition }) {
      if (definition && definition.networkMode !== 'awsvpc' && input.networkConfiguration?.awsvpcConfiguration)
        yield [
          ['networkConfiguration'],
          'Network Configuration is not valid for the given networkMode of this task definition.',
        ]
    },
  ),
  // Such a definition can be registered with the compatibility FARGATE.
  ...onLaunch(
    'splunk/splunk-connect-for-kubernetes#401, terraform-aws-modules/terraform-aws-ecs#317',
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
    'PlatformTaskDefinitionIncompatibilityException',
  ),
  ...onService('aws/aws-toolkit-jetbrains#3649', function* ({ enableExecuteCommand }, { definition }, verb) {
    if (enableExecuteCommand && definition && !definition.taskRoleArn)
      yield [
        ['enableExecuteCommand'],
        `The service couldn't be ${verb} because a valid taskRoleArn is not being used. Specify a valid task role in your task definition and try again.`,
      ]
  }),
  onRun('boto/boto3#3173', function* ({ enableExecuteCommand, overrides }, { definition }) {
    if (enableExecuteCommand && definition && !(overrides?.taskRoleArn ?? definition.taskRoleArn))
      yield [
        ['enableExecuteCommand'],
        'The execute command failed because a valid task role is not being used. Specify a valid task role in your task definition or as a task override and try again.',
      ]
  }),
])
