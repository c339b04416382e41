/**
 * The rules of CreateService and UpdateService on deployments and their metrics. `evidence` is how it is known that AWS
 * has a rule; rule.ts explains its forms. ECS applies the rules in `rulesAppliedAfterLookup` only after it has found
 * the cluster and the task definition.
 */
import type {
  DeploymentConfiguration,
  DeploymentLifecycleHook,
  MetricConfiguration,
  ThresholdConfiguration,
} from '@aws-sdk/client-ecs'
import { enumOfMember } from '../enums.generated.ts'
import type { AwsJson } from '../wire.ts'
import { type Finding, type Rule, type RuleOrigin, rule, rulesAppliedAfterLookup } from './rule.ts'
import { rulesOnCreateAndUpdateService } from './service-rule.ts'

const code = 'InvalidParameterException'
type Configuration = Partial<AwsJson<DeploymentConfiguration>>
const ruleOnConfiguration = (
  { evidence }: Pick<RuleOrigin, 'evidence'>,
  find: (configuration: Configuration) => Iterable<Finding>,
) => rule<Configuration>({ on: 'DeploymentConfiguration', code, evidence }, find)
const ruleOnThreshold = (
  { evidence }: Pick<RuleOrigin, 'evidence'>,
  find: (threshold: Partial<AwsJson<ThresholdConfiguration>>) => Iterable<Finding>,
) => rule<Partial<AwsJson<ThresholdConfiguration>>>({ on: 'ThresholdConfiguration', code, evidence }, find)
const ruleOnMetric = (
  { evidence }: Pick<RuleOrigin, 'evidence'>,
  find: (metric: Partial<AwsJson<MetricConfiguration>>) => Iterable<Finding>,
) => rule<Partial<AwsJson<MetricConfiguration>>>({ on: 'MetricConfiguration', code, evidence }, find)

export const deploymentRules: readonly Rule[] = [
  ruleOnConfiguration(
    { evidence: 'recorded response: radkawar/stackd' },
    function* ({ maximumPercent, minimumHealthyPercent }) {
      if (maximumPercent !== undefined && maximumPercent < 100)
        yield [['maximumPercent'], 'maximumPercent must be at least 100']
      if (minimumHealthyPercent !== undefined && minimumHealthyPercent > 100)
        yield [['minimumHealthyPercent'], 'minimumHealthyPercent must be at most 100']
      if (maximumPercent === 100 && minimumHealthyPercent === 100)
        yield [
          ['maximumPercent'],
          'Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.',
        ]
    },
  ),
  // The API Reference documents no upper limit of maximumPercent.
  ruleOnConfiguration({ evidence: 'by analogy' }, function* ({ minimumHealthyPercent }) {
    if (minimumHealthyPercent !== undefined && minimumHealthyPercent < 0)
      yield [['minimumHealthyPercent'], 'minimumHealthyPercent must be at least 0']
  }),
  // After the lookup: the input of an update is merged with the stored service.
  ...rulesAppliedAfterLookup(
    rulesOnCreateAndUpdateService(
      { evidence: 'recorded response, field report of 2026-11-28' },
      function* (input, _, verb) {
        const maximumPercent = input.deploymentConfiguration?.maximumPercent
        if (input.availabilityZoneRebalancing === 'ENABLED' && maximumPercent !== undefined && maximumPercent <= 100)
          yield [
            ['deploymentConfiguration', 'maximumPercent'],
            `The service couldn't be ${verb} because Availability Zone Rebalancing does not support maximumPercent <= 100 % as deployment configuration. Update deployment configuration and try again.`,
          ]
      },
    ),
  ),
  ruleOnThreshold({ evidence: 'recorded response: services 133' }, function* ({ type }) {
    if (type !== undefined && !enumOfMember['ThresholdConfiguration.type']?.includes(type))
      yield [
        ['type'],
        'Invalid deployment circuit breaker threshold type.',
        'COUNT, BOUNDED_PERCENT or UNBOUNDED_PERCENT.',
      ]
  }),
  ruleOnThreshold({ evidence: 'recorded response: services 131, 132' }, function* ({ type, value }) {
    if (value === undefined) return
    if ((type === 'COUNT' && value < 1) || (type === 'BOUNDED_PERCENT' && (value < 0 || value > 100)) || value < 0)
      yield [['value'], 'Invalid deployment circuit breaker threshold value.']
  }),
  ruleOnMetric({ evidence: 'recorded response: service_metrics 30-35' }, function* ({ resolutionSeconds }) {
    if (resolutionSeconds !== 20 && resolutionSeconds !== 60)
      yield [['resolutionSeconds'], 'Monitoring configuration resolution must be one of [20, 60] seconds.']
  }),
  ruleOnMetric({ evidence: 'recorded response: service_metrics 36, 39, 40' }, function* ({ metricNames }) {
    const known = ['CPUUtilization', 'MemoryUtilization']
    const message = 'Metric name must be one of [CPUUtilization, MemoryUtilization].'
    if (metricNames === undefined) yield [['metricNames'], message]
    for (const [i, name] of (metricNames ?? []).entries())
      if (!known.includes(name)) yield [['metricNames', i], message]
  }),
  ruleOnConfiguration({ evidence: 'documentation: DeploymentConfiguration' }, function* (configuration) {
    const {
      strategy,
      bakeTimeInMinutes: bake,
      linearConfiguration: linear,
      canaryConfiguration: canary,
    } = configuration
    if (bake !== undefined && !isBakeTime(bake))
      yield [['bakeTimeInMinutes'], 'bakeTimeInMinutes must be between 0 and 1440.']
    if (strategy === 'BLUE_GREEN' && bake === undefined)
      yield [['bakeTimeInMinutes'], 'bakeTimeInMinutes must be specified with the deployment strategy BLUE_GREEN.']
    if (linear && strategy !== 'LINEAR')
      yield [['linearConfiguration'], 'linearConfiguration is only valid with the deployment strategy LINEAR.']
    if (canary && strategy !== 'CANARY')
      yield [['canaryConfiguration'], 'canaryConfiguration is only valid with the deployment strategy CANARY.']
    if (linear?.stepPercent !== undefined && !isTenths(linear.stepPercent, 3))
      yield [['linearConfiguration', 'stepPercent'], 'stepPercent must be a multiple of 0.1 between 3.0 and 100.0.']
    if (canary?.canaryPercent !== undefined && !isTenths(canary.canaryPercent, 0.1))
      yield [['canaryConfiguration', 'canaryPercent'], 'canaryPercent must be a multiple of 0.1 between 0.1 and 100.0.']
    if (linear?.stepBakeTimeInMinutes !== undefined && !isBakeTime(linear.stepBakeTimeInMinutes))
      yield [['linearConfiguration', 'stepBakeTimeInMinutes'], 'stepBakeTimeInMinutes must be between 0 and 1440.']
    if (canary?.canaryBakeTimeInMinutes !== undefined && !isBakeTime(canary.canaryBakeTimeInMinutes))
      yield [['canaryConfiguration', 'canaryBakeTimeInMinutes'], 'canaryBakeTimeInMinutes must be between 0 and 1440.']
  }),
  ruleOnConfiguration(
    { evidence: 'documentation: DeploymentEarlySuccessCriteria' },
    function* ({ earlySuccessCriteria: early, minimumHealthyPercent, strategy }) {
      if (!early) return
      if (early.enable && strategy !== undefined && strategy !== 'ROLLING')
        yield [['earlySuccessCriteria'], 'earlySuccessCriteria are only valid with the deployment strategy ROLLING.']
      for (const member of ['healthyPercent', 'sourceServiceRevisionCleanup'] as const)
        if (early.enable && early[member] === undefined)
          yield [
            ['earlySuccessCriteria', member],
            `${member} must be specified when early success criteria are enabled.`,
          ]
      const { healthyPercent: percent } = early
      if (percent === undefined) return
      if (!Number.isInteger(percent) || percent < 0 || percent > 100)
        yield [['earlySuccessCriteria', 'healthyPercent'], 'healthyPercent must be an integer between 0 and 100.']
      else if (minimumHealthyPercent !== undefined && percent < minimumHealthyPercent)
        yield [
          ['earlySuccessCriteria', 'healthyPercent'],
          'healthyPercent must be greater than or equal to minimumHealthyPercent.',
        ]
    },
  ),
  rule<Partial<AwsJson<DeploymentLifecycleHook>>>(
    { on: 'DeploymentLifecycleHook', code, evidence: 'documentation: DeploymentLifecycleHook' },
    function* ({ targetType = 'AWS_LAMBDA', hookTargetArn, lifecycleStages = [] }) {
      if (targetType === 'AWS_LAMBDA' && !hookTargetArn)
        yield [['hookTargetArn'], 'hookTargetArn must be specified for an AWS_LAMBDA lifecycle hook.']
      if (lifecycleStages.length === 0)
        yield [['lifecycleStages'], 'lifecycleStages must be specified for a lifecycle hook.']
      for (const [i, stage] of lifecycleStages.entries())
        if (targetType === 'PAUSE' && (stage === 'TEST_TRAFFIC_SHIFT' || stage === 'PRODUCTION_TRAFFIC_SHIFT'))
          yield [['lifecycleStages', i], `A PAUSE hook cannot be configured at ${stage}.`]
    },
  ),
]

const isBakeTime = (minutes: number) => minutes >= 0 && minutes <= 1440
const isTenths = (percent: number, min: number) =>
  percent >= min && percent <= 100 && Math.abs(percent * 10 - Math.round(percent * 10)) < 1e-9
