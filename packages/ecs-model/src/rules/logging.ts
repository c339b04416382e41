/**
 * The rules of RegisterTaskDefinition on log configurations and FireLens. `evidence` is how it is known that AWS has a
 * rule; rule.ts explains its forms.
 */
import { enumOfMember } from '../enums.generated.ts'
import { type Container, containerRule, containersOf, isFargate, taskDefinitionRule } from './definition-rule.ts'
import type { Rule } from './rule.ts'

const isRouted = (container: Container) => container.logConfiguration?.logDriver === 'awsfirelens'

export const loggingRules: readonly Rule[] = [
  taskDefinitionRule(
    { evidence: 'fabfuel/ecs-deploy#164, cdk-preflight pf-ecs-awsfirelens-without-router' },
    function* (input) {
      const containers = containersOf(input)
      const routed = containers.findIndex(isRouted)
      if (routed >= 0 && !containers.some(({ firelensConfiguration }) => firelensConfiguration))
        yield [
          ['containerDefinitions', routed, 'logConfiguration', 'logDriver'],
          'When awsfirelens log driver is specified in log configuration, a firelens configuration object must be configured in one of the containers.',
        ]
    },
  ),
  taskDefinitionRule({ evidence: 'aws/amazon-cloudwatch-logs-for-fluent-bit#20' }, function* (input) {
    const containers = containersOf(input)
    const router = containers.findIndex(({ firelensConfiguration }) => firelensConfiguration)
    if (router >= 0 && !containers.some(isRouted))
      yield [
        ['containerDefinitions', router, 'firelensConfiguration'],
        'When a firelensConfiguration object is specified, at least one container has to be configured with the awsfirelens log driver.',
      ]
  }),
  containerRule({ evidence: 'aws/aws-cli#7147' }, function* ({ firelensConfiguration }) {
    const { 'config-file-type': type, 'config-file-value': file } = firelensConfiguration?.options ?? {}
    if (type === 's3' && !file?.startsWith('arn:'))
      yield [
        ['firelensConfiguration', 'options', 'config-file-value'],
        'Invalid arn syntax.',
        'The ARN of an object in S3.',
      ]
  }),
  containerRule(
    { evidence: 'deployment: cdk-preflight; klothoplatform/klotho#892' },
    function* ({ logConfiguration: log }) {
      if (log?.logDriver !== 'awslogs') return
      const missing = ['awslogs-region', 'awslogs-group'].filter((option) => !log.options?.[option])
      if (missing.length > 0)
        yield [['logConfiguration', 'options'], `Log driver awslogs requires options: ${missing.join(', ')}`]
    },
  ),
  containerRule({ evidence: 'aws-samples/amazon-ecs-firelens-examples#83' }, function* ({ logConfiguration: log }) {
    if (log?.logDriver !== 'awslogs') return
    for (const option of Object.keys(log.options ?? {}))
      if (!awslogsOptions.has(option))
        yield [['logConfiguration', 'options', option], `Log driver awslogs disallows options: ${option}`]
  }),
  containerRule({ evidence: 'terraform-linters/tflint-ruleset-aws#348' }, function* ({ logConfiguration: log }) {
    const value = log?.logDriver === 'awslogs' ? log.options?.['awslogs-create-group'] : undefined
    if (value !== undefined && value !== 'true')
      yield [
        ['logConfiguration', 'options', 'awslogs-create-group'],
        "Log driver awslogs option 'awslogs-create-group' should only be set to 'true', else omit option.",
      ]
  }),
  containerRule({ evidence: 'documentation: LogConfiguration, options' }, function* ({ logConfiguration: log }) {
    if (log?.logDriver !== 'awslogs') return
    const { mode, 'awslogs-datetime-format': time, 'awslogs-multiline-pattern': pattern } = log.options ?? {}
    if (time !== undefined && pattern !== undefined)
      yield [
        ['logConfiguration', 'options', 'awslogs-multiline-pattern'],
        'Log driver awslogs does not support both awslogs-datetime-format and awslogs-multiline-pattern.',
      ]
    if (mode !== undefined && mode !== 'blocking' && mode !== 'non-blocking')
      yield [
        ['logConfiguration', 'options', 'mode'],
        "Log driver awslogs option 'mode' should be one of [blocking,non-blocking]",
      ]
  }),
  containerRule({ evidence: 'deployment: cdk-preflight' }, function* (container, input) {
    const log = container.logConfiguration
    if (!isFargate(input) || log?.logDriver === undefined) return
    if (!fargateLogDrivers.includes(log.logDriver))
      yield [
        ['logConfiguration', 'logDriver'],
        `${log.logDriver} is not a valid log driver. Must be one of [${fargateLogDrivers}]`,
      ]
    if (log.logDriver === 'awslogs' && !log.options?.['awslogs-stream-prefix'])
      yield [
        ['logConfiguration', 'options'],
        'Fargate requires log configuration options to include awslogs-stream-prefix to support log driver awslogs.',
      ]
  }),
  containerRule({ evidence: 'documentation: LogConfiguration, logDriver' }, function* ({ logConfiguration }, input) {
    const driver = logConfiguration?.logDriver
    const drivers = enumOfMember['LogConfiguration.logDriver'] ?? []
    if (!isFargate(input) && driver !== undefined && !drivers.includes(driver))
      yield [['logConfiguration', 'logDriver'], `${driver} is not a valid log driver. Must be one of [${drivers}]`]
  }),
  containerRule({ evidence: 'error quoted in a public repository' }, function* (container, input) {
    if (isFargate(input) && !input.executionRoleArn && container.logConfiguration?.logDriver === 'awslogs')
      yield [
        ['logConfiguration'],
        'Fargate requires task definition to have execution role ARN to support log driver awslogs.',
        ROLE_HINT,
      ]
  }),
]

export const ROLE_HINT = 'Give executionRoleArn.'
const fargateLogDrivers: readonly string[] = ['awslogs', 'splunk', 'awsfirelens']

/**
 * The options in the API Reference, LogConfiguration. ECS rejects the Docker driver's other options; for
 * `awslogs-endpoint` that was recorded.
 */
const awslogsOptions = new Set([
  'awslogs-create-group',
  'awslogs-datetime-format',
  'awslogs-group',
  'awslogs-multiline-pattern',
  'awslogs-region',
  'awslogs-stream-prefix',
  'max-buffer-size',
  'mode',
])
