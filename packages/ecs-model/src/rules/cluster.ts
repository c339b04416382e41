/**
 * The rules of the cluster actions. `evidence` is how it is known that AWS has a rule; rule.ts explains its forms.
 */
import type { ClusterSetting, CreateClusterRequest, ExecuteCommandConfiguration } from '@aws-sdk/client-ecs'
import type { AwsJson } from '../wire.ts'
import { hasSeveralBases, strategyRangeFaults } from './placement.ts'
import { type Finding, type Rule, type RuleOrigin, rule } from './rule.ts'

type Input = Partial<AwsJson<CreateClusterRequest>>

const code = 'InvalidParameterException'
const ruleOnCreateCluster = ({ evidence }: Pick<RuleOrigin, 'evidence'>, find: (input: Input) => Iterable<Finding>) =>
  rule<Input>({ on: 'CreateClusterRequest', code, evidence }, find)
const rulesOnDefaultStrategy = (
  { evidence }: Pick<RuleOrigin, 'evidence'>,
  find: (input: Input) => Iterable<Finding>,
) =>
  ['CreateClusterRequest', 'PutClusterCapacityProvidersRequest'].map((on) => rule<Input>({ on, code, evidence }, find))

export const clusterRules: readonly Rule[] = [
  ruleOnCreateCluster({ evidence: 'deployment: cdk-preflight' }, function* ({ clusterName }) {
    if (clusterName !== undefined && !/^[a-zA-Z0-9\-_]{1,255}$/.test(clusterName))
      yield [['clusterName'], 'ClusterName must match ^[a-zA-Z0-9\\-_]{1,255}$']
  }),
  ruleOnCreateCluster({ evidence: 'deployment: cdk-preflight' }, function* (input) {
    const associated = input.capacityProviders ?? []
    for (const [i, item] of (input.defaultCapacityProviderStrategy ?? []).entries())
      if (item.capacityProvider !== undefined && !associated.includes(item.capacityProvider))
        yield [
          ['defaultCapacityProviderStrategy', i, 'capacityProvider'],
          'The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. Associate the capacity provider with the cluster or specify a valid capacity provider and try again.',
        ]
  }),
  ...rulesOnDefaultStrategy(
    { evidence: 'cdk-preflight pf-ecs-cluster-default-strategy-multiple-base' },
    function* ({ defaultCapacityProviderStrategy: strategy = [] }) {
      if (hasSeveralBases(strategy))
        yield [
          ['defaultCapacityProviderStrategy'],
          'The specified capacity provider strategy contains multiple capacity providers with a base value defined. Only one capacity provider per strategy can have a base value defined.',
        ]
    },
  ),
  ...rulesOnDefaultStrategy(
    { evidence: 'documentation: CapacityProviderStrategyItem' },
    ({ defaultCapacityProviderStrategy }) =>
      strategyRangeFaults('defaultCapacityProviderStrategy', defaultCapacityProviderStrategy),
  ),
  rule<Partial<AwsJson<ClusterSetting>>>(
    { on: 'ClusterSetting', code, evidence: 'field report of 2026-11-28' },
    function* ({ name, value }) {
      if (name === 'containerInsights' && !['enabled', 'disabled', 'enhanced'].includes(value ?? ''))
        yield [['value'], "Invalid setting 'value'", 'enabled, enhanced or disabled.']
    },
  ),
  rule<Partial<AwsJson<ExecuteCommandConfiguration>>>(
    {
      on: 'ExecuteCommandConfiguration',
      code,
      evidence: 'cdk-preflight pf-ecs-cluster-execute-command-override-without-log-config',
    },
    function* ({ logging, logConfiguration }) {
      if (logging === 'OVERRIDE' && !logConfiguration?.cloudWatchLogGroupName && !logConfiguration?.s3BucketName)
        yield [
          ['logConfiguration'],
          'A CloudWatch log group name or S3 bucket name must be specified when overriding the default log configuration.',
        ]
    },
  ),
  rule<Partial<AwsJson<ExecuteCommandConfiguration>>>(
    {
      on: 'ExecuteCommandConfiguration',
      code,
      evidence: 'cdk-preflight pf-ecs-cluster-execute-command-default-with-log-config',
    },
    function* ({ logging, logConfiguration }) {
      if (logConfiguration && logging !== 'OVERRIDE')
        yield [['logging'], "You must set logging to 'OVERRIDE' when you supply a log configuration."]
    },
  ),
  rule<{ namespace?: string }>(
    {
      on: 'ClusterServiceConnectDefaultsRequest',
      code,
      evidence: 'documentation: ClusterServiceConnectDefaultsRequest, namespace',
    },
    function* ({ namespace = '' }) {
      const isArn = namespace.startsWith('arn:')
      if (namespace.length > 1024) yield [['namespace'], 'A namespace can have at most 1024 characters.']
      if (!isArn && /[<>"/]/.test(namespace)) yield [['namespace'], 'A namespace cannot contain <, >, " or /.']
    },
  ),
]
