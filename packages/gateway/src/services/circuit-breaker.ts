/** The deployment circuit breaker of ECS: without it and without alarms, a deployment never fails. */
import type { Service } from '@aws-sdk/client-ecs'
import type { PlanWarning } from '../plans/plan.ts'

/**
 * Warnings for the plan of a deployment. Deployment alarms make the circuit breaker unnecessary, because they end a
 * deployment too. Controllers other than ECS have no circuit breaker.
 */
export function circuitBreakerWarnings({ deploymentController, deploymentConfiguration }: Service): PlanWarning[] {
  const { deploymentCircuitBreaker: breaker, alarms } = deploymentConfiguration ?? {}
  const isEcsController = (deploymentController?.type ?? 'ECS') === 'ECS'
  if (!isEcsController || breaker?.enable || alarms?.enable) return []
  const text =
    'The deployment circuit breaker is off: if the new tasks fail, ECS starts others without end, and the deployment ' +
    'does not fail. Switch it on with deploymentConfiguration.deploymentCircuitBreaker.'
  return [{ kind: 'circuit-breaker', text }]
}
