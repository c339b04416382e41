/**
 * The rules of RegisterTaskDefinition on variables, secrets and environment files. `evidence` is how it is known that
 * AWS has a rule; rule.ts explains its forms.
 */
import { parseArn } from '../references.ts'
import { containerRule, containersOf, itemsOfContainers, taskDefinitionRule } from './definition-rule.ts'
import { ROLE_HINT } from './logging.ts'
import type { Rule } from './rule.ts'

export const environmentRules: readonly Rule[] = [
  containerRule({ evidence: 'field report of 2026-11-28' }, function* ({ environment = [], secrets = [] }) {
    const variables = new Set(environment.map(({ name }) => name))
    for (const [j, { name }] of secrets.entries())
      if (name !== undefined && variables.has(name))
        yield [
          ['secrets', j],
          `The secret name must be unique and not shared with any new or existing environment variables set on the container, such as '${name}'.`,
          `Take ${name} out of environment or out of secrets.`,
        ]
  }),
  containerRule({ evidence: 'field report of 2026-11-28' }, function* ({ secrets = [] }) {
    const names = new Set<string>()
    for (const [j, { name }] of secrets.entries()) {
      if (name === undefined) continue
      if (names.has(name))
        yield [['secrets', j], `Duplicate secret names found: ${name}. Each secret name must be unique.`]
      names.add(name)
    }
  }),
  // ECS reports this rather than a missing execution role (cdk-preflight pf-ecs-secrets-without-execution-role).
  taskDefinitionRule({ evidence: 'awsdocs/amazon-ecs-developer-guide#167' }, function* (input, { account }) {
    if (account === undefined) return
    for (const [{ valueFrom = '' }, path] of itemsOfContainers(input, 'secrets')) {
      const arn = parseArn(valueFrom)
      if (arn?.service === 'ssm' && arn.account !== account)
        yield [
          [...path, 'valueFrom'],
          `The Systems Manager parameter ARN has a different account ID than the current account. The current account ID is ${account} and the ARN account ID is ${arn.account}. Cross-account access for ARNs is not currently supported.`,
        ]
    }
  }),
  taskDefinitionRule({ evidence: 'error quoted in a public repository' }, function* (input) {
    if (input.executionRoleArn) return
    for (const [i, container] of containersOf(input).entries())
      if (container.secrets?.length || container.logConfiguration?.secretOptions?.length)
        yield [
          ['containerDefinitions', i, container.secrets?.length ? 'secrets' : 'logConfiguration'],
          "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'",
          ROLE_HINT,
        ]
  }),
  containerRule({ evidence: 'cdk-preflight pf-ecs-environment-files-max' }, function* ({ environmentFiles = [] }) {
    if (environmentFiles.length > 10)
      yield [
        ['environmentFiles'],
        'The maximum number of environment files was exceeded. Specify ten or less and try again.',
      ]
  }),
  containerRule(
    { evidence: 'aws/aws-cli#7147, cdk-preflight pf-ecs-environment-files-type' },
    function* ({ environmentFiles = [] }) {
      for (const [j, { value = '' }] of environmentFiles.entries())
        if (!parseArn(value))
          yield [['environmentFiles', j, 'value'], 'Invalid arn syntax.', 'The ARN of an object in S3.']
    },
  ),
  containerRule(
    { evidence: 'documentation: ContainerDefinition, environmentFiles' },
    function* ({ environmentFiles = [] }) {
      for (const [j, { value = '' }] of environmentFiles.entries())
        if (!value.endsWith('.env'))
          yield [['environmentFiles', j, 'value'], 'An environment file must have a .env file extension.']
    },
  ),
]
