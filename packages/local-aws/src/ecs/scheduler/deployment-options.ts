/** How a service is deployed: ECS's defaults, and what this engine refuses. */
import type { DeploymentCircuitBreaker, DeploymentConfiguration, DeploymentController } from '@aws-sdk/client-ecs'
import type { Wire } from '@ecs-api/ecs-model'
import { AwsError } from '../../protocol/aws-error.ts'
import type { ServiceRecord } from '../records/service-record.ts'

type Configuration = ServiceRecord['deploymentConfiguration']

const defaults: Configuration = {
  maximumPercent: 200,
  minimumHealthyPercent: 100,
  strategy: 'ROLLING',
  bakeTimeInMinutes: 0,
  deploymentCircuitBreaker: {
    enable: false,
    rollback: false,
    resetOnHealthyTask: true,
    thresholdConfiguration: { type: 'BOUNDED_PERCENT', value: 50 },
  },
}

/** What is given, laid over what is there. @throws AwsError for a strategy that can't be carried out here, or percents that can't go together. */
export function deploymentConfiguration(
  given: Wire<DeploymentConfiguration> = {},
  present: Configuration = defaults,
): Configuration {
  if (given.strategy !== undefined && given.strategy !== 'ROLLING')
    throw new AwsError(
      'UnsupportedFeatureException',
      `This engine does not have the deployment strategy ${given.strategy}, only ROLLING.`,
    )
  const { deploymentCircuitBreaker: breaker, ...rest } = given
  const merged: Configuration = {
    ...present,
    ...rest,
    ...(breaker && { deploymentCircuitBreaker: mergedBreaker(present.deploymentCircuitBreaker, breaker) }),
  }
  if (merged.maximumPercent === 100 && merged.minimumHealthyPercent === 100)
    throw new AwsError(
      'InvalidParameterException',
      'Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.',
    )
  return merged
}

/** A breaker that is off rolls nothing back, whatever was asked (capture services 134). */
function mergedBreaker(
  present: Configuration['deploymentCircuitBreaker'],
  given: Wire<DeploymentCircuitBreaker>,
): Wire<DeploymentCircuitBreaker> {
  const merged = { ...present, ...given }
  return { ...merged, rollback: merged.rollback && merged.enable }
}

/** @throws AwsError UnsupportedFeatureException for a controller that is not ECS's own. */
export function checkController(controller: Wire<DeploymentController> | undefined): void {
  if (controller?.type !== undefined && controller.type !== 'ECS')
    throw new AwsError(
      'UnsupportedFeatureException',
      `This engine does not have the deployment controller ${controller.type}, only ECS.`,
    )
}
