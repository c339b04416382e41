/**
 * The rules on capacity provider strategies, placement strategies and placement constraints. `evidence` is how it is
 * known that AWS has a rule; rule.ts explains its forms. ECS applies the rules in `rulesAppliedAfterLookup` only after
 * it has found the cluster and the task definition.
 */
import type { CapacityProviderStrategyItem, PlacementConstraint, PlacementStrategy } from '@aws-sdk/client-ecs'
import type { AwsJson } from '../wire.ts'
import { type Finding, type Rule, rule, rulesAppliedAfterLookup } from './rule.ts'
import { ruleOnCreateService, ruleOnRunTask, rulesOnServicesAndRunTask } from './service-rule.ts'

type Strategy = readonly Partial<AwsJson<CapacityProviderStrategyItem>>[]

const code = 'InvalidParameterException'

export const placementRules: readonly Rule[] = [
  ruleOnCreateService({ evidence: 'deployment: cdk-preflight' }, function* (input) {
    if (input.launchType !== undefined && input.capacityProviderStrategy?.length)
      yield [
        ['capacityProviderStrategy'],
        'Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.',
      ]
  }),
  ruleOnRunTask({ evidence: 'recorded response: execution 25' }, function* (input) {
    if (input.launchType !== undefined && input.capacityProviderStrategy?.length)
      yield [['capacityProviderStrategy'], 'You may choose a capacity provider or a launch type but not both.']
  }),
  // ECS checks this before the providers' association with the cluster.
  ...rulesOnServicesAndRunTask(
    { evidence: 'cdk-preflight pf-ecs-svc-capacity-provider-zero-weight' },
    function* ({ capacityProviderStrategy: strategy = [] }) {
      if (strategy.length > 0 && isWeightless(strategy))
        yield [
          ['capacityProviderStrategy'],
          'There are no capacity providers in the capacity provider strategy with a weight value greater than zero. Specify a weight value greater than zero for at least one capacity provider and try again.',
        ]
    },
  ),
  ...rulesOnServicesAndRunTask(
    { evidence: 'cdk-preflight pf-ecs-svc-capacity-provider-multiple-base' },
    function* ({ capacityProviderStrategy: strategy = [] }) {
      if (hasSeveralBases(strategy))
        yield [
          ['capacityProviderStrategy'],
          'There are multiple capacity providers in the specified capacity provider strategy with a base value greater than zero. Only one capacity provider can have a base value greater than zero. Specify a valid capacity provider strategy and try again.',
        ]
    },
  ),
  ...rulesOnServicesAndRunTask(
    { evidence: 'documentation: CapacityProviderStrategyItem' },
    ({ capacityProviderStrategy }) => strategyRangeFaults('capacityProviderStrategy', capacityProviderStrategy),
  ),
  rule<Partial<AwsJson<PlacementStrategy>>>(
    { on: 'PlacementStrategy', code, evidence: 'cdk-preflight pf-ecs-svc-binpack-field' },
    function* ({ type, field = '' }) {
      if (type === 'binpack' && !/^(cpu|memory)$/i.test(field))
        yield [['field'], `binpack field '${field}' is invalid.`, 'cpu or memory.']
    },
  ),
  rule<Partial<AwsJson<PlacementStrategy>>>(
    { on: 'PlacementStrategy', code, evidence: 'cdk-preflight pf-ecs-svc-random-with-field' },
    function* ({ type, field }) {
      if (type === 'random' && field) yield [['field'], 'random field should not be specified.']
    },
  ),
  ...rulesOnServicesAndRunTask(
    { evidence: 'cdk-preflight pf-ecs-svc-placement-strategies-max6' },
    function* ({ placementStrategy = [] }) {
      if (placementStrategy.length > 5) yield [['placementStrategy'], 'Maximum number of strategies is 5.']
    },
  ),
  rule<Partial<AwsJson<PlacementConstraint>>>(
    {
      on: 'PlacementConstraint',
      code,
      evidence: 'cdk-preflight pf-ecs-svc-placement-constraint-distinct-instance-expression',
    },
    function* ({ type, expression }) {
      if (type === 'distinctInstance' && expression)
        yield [['expression'], 'distinctInstance expression should not be specified.']
    },
  ),
  rule<Partial<AwsJson<PlacementConstraint>>>(
    { on: 'PlacementConstraint', code, evidence: 'documentation: PlacementConstraint, expression' },
    function* ({ type, expression = '' }) {
      if (type === 'memberOf' && !expression) yield [['expression'], 'memberOf expression must be specified.']
      if (expression.length > 2000)
        yield [['expression'], 'The expression of a placement constraint can have at most 2000 characters.']
    },
  ),
  ...rulesAppliedAfterLookup(
    rulesOnServicesAndRunTask(
      { evidence: 'documentation: CreateService, placementConstraints' },
      function* ({ placementConstraints = [] }, { definition }) {
        if (placementConstraints.length + (definition?.placementConstraints?.length ?? 0) > 10)
          yield [['placementConstraints'], 'A task can have at most 10 placement constraints.']
      },
    ),
  ),
]

const isWeightless = (strategy: Strategy) => strategy.every(({ weight = 0 }) => weight === 0)

/** Whether more than one capacity provider has a base, which ECS allows for one only. */
export const hasSeveralBases = (strategy: Strategy) => strategy.filter(({ base = 0 }) => base > 0).length > 1

/**
 * Reports numbers outside of the ranges in the API Reference, CapacityProviderStrategyItem, and strategies that are too
 * long. `member` is the input's member that contains the strategy.
 */
export function* strategyRangeFaults(member: string, strategy: Strategy = []): Iterable<Finding> {
  if (strategy.length > 20) yield [[member], 'A capacity provider strategy can have at most 20 capacity providers.']
  for (const [i, item] of strategy.entries()) {
    if (item.weight !== undefined && (item.weight < 0 || item.weight > 1000))
      yield [[member, i, 'weight'], 'The weight of a capacity provider must be between 0 and 1000.']
    if (item.base !== undefined && (item.base < 0 || item.base > 100000))
      yield [[member, i, 'base'], 'The base of a capacity provider must be between 0 and 100000.']
  }
}
