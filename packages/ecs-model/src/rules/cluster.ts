/** What the cluster actions refuse. */
import type { CapacityProviderStrategyItem, CreateClusterRequest } from '@aws-sdk/client-ecs'
import type { Wire } from '../wire.ts'
import { type Finding, type Rule, rule } from './rule.ts'

type Input = Partial<Wire<CreateClusterRequest>>
type Strategy = Partial<Wire<CapacityProviderStrategyItem>>[]

export const clusterRules: readonly Rule[] = [
  rule<Input>('CreateClusterRequest', 'InvalidParameterException', 'V P', function* ({ clusterName }) {
    if (clusterName !== undefined && !/^[a-zA-Z0-9\-_]{1,255}$/.test(clusterName))
      yield [['clusterName'], 'ClusterName must match ^[a-zA-Z0-9\\-_]{1,255}$']
  }),
  rule<Input>('CreateClusterRequest', 'InvalidParameterException', 'V P', function* (input) {
    const associated = input.capacityProviders ?? []
    for (const [i, item] of (input.defaultCapacityProviderStrategy ?? []).entries())
      if (item.capacityProvider !== undefined && !associated.includes(item.capacityProvider))
        yield [
          ['defaultCapacityProviderStrategy', i, 'capacityProvider'],
          'The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. Associate the capacity provider with the cluster or specify a valid capacity provider and try again.',
        ]
  }),
  ...['CreateClusterRequest', 'PutClusterCapacityProvidersRequest'].map((on) =>
    rule<Input>(on, 'InvalidParameterException', 'doc: CapacityProviderStrategyItem', ({ defaultCapacityProviderStrategy }) =>
      strategyFaults('defaultCapacityProviderStrategy', defaultCapacityProviderStrategy),
    ),
  ),
]

/** What is wrong with a capacity provider strategy, wherever one is given (CapacityProviderStrategyItem, API Reference). */
export function* strategyFaults(at: string, strategy: Strategy = []): Iterable<Finding> {
  if (strategy.length > 0 && strategy.every((item) => (item.weight ?? 0) === 0))
    yield [
      [at],
      'There are no capacity providers in the capacity provider strategy with a weight value greater than zero. Specify a weight value greater than zero for at least one capacity provider and try again.',
    ]
  if (strategy.filter((item) => (item.base ?? 0) > 0).length > 1)
    yield [[at], 'Only one capacity provider in a capacity provider strategy can have a base defined.']
  for (const [i, item] of strategy.entries()) {
    if (item.weight !== undefined && (item.weight < 0 || item.weight > 1000))
      yield [[at, i, 'weight'], 'The weight of a capacity provider must be between 0 and 1000.']
    if (item.base !== undefined && (item.base < 0 || item.base > 100000))
      yield [[at, i, 'base'], 'The base of a capacity provider must be between 0 and 100000.']
  }
}
