/** The deployment circuit breaker of ECS: without it a deployment whose tasks fail never fails itself. */
import type { Service } from '@aws-sdk/client-ecs'

/** For the plan of a deployment. Alarms can end a deployment too, and other controllers have no circuit breaker. */
export function circuitBreakerWarnings({ deploymentController, deploymentConfiguration }: Service): string[] {
  const { deploymentCircuitBreaker: breaker, alarms } = deploymentConfiguration ?? {}
  const isOfEcs = (deploymentController?.type ?? 'ECS') === 'ECS'
  if (!isOfEcs || breaker?.enable || alarms?.enable) return []
  return [
    'The deployment circuit breaker is off: if the new tasks fail, ECS starts others without end, and the deployment ' +
      'does not fail. Switch it on with deploymentConfiguration.deploymentCircuitBreaker.',
  ]
}
