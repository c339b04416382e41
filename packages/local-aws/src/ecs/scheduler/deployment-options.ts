/** The deployment options of a service: ECS's defaults, and the options that this engine rejects. */
import type { DeploymentCircuitBreaker, DeploymentConfiguration, DeploymentController } from '@aws-sdk/client-ecs'
import type { AwsJson } from '@ecs-api/ecs-model'
import { AwsError } from '../../protocol/aws-error.ts'
import type { ServiceRecord } from '../records/service-record.ts'

type Configuration = ServiceRecord['deploymentConfiguration']

const ecsDefaults: Configuration = {
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

/**
 * Merges `given` over the stored configuration, or over ECS's defaults.
 * @throws AwsError UnsupportedFeatureException for a strategy that this engine does not have, InvalidParameterException
 * for percents that would block every deployment.
 */
export function mergedDeploymentConfiguration(
  given: AwsJson<DeploymentConfiguration> = {},
  stored: Configuration = ecsDefaults,
): Configuration {
  if (given.strategy !== undefined && given.strategy !== 'ROLLING')
    throw new AwsError(
      'UnsupportedFeatureException',
      `This engine does not have the deployment strategy ${given.strategy}, only ROLLING.`,
    )
  const { deploymentCircuitBreaker: breaker, ...rest } = given
  const merged: Configuration = {
    ...stored,
    ...rest,
    ...(breaker && { deploymentCircuitBreaker: mergedCircuitBreaker(stored.deploymentCircuitBreaker, breaker) }),
  }
  if (merged.maximumPercent === 100 && merged.minimumHealthyPercent === 100)
    throw new AwsError(
      'InvalidParameterException',
      'Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.',
    )
  return merged
}

/**
 * A disabled circuit breaker never has `rollback`, even if the request sets it (AWS response recorded as services 134).
 */
function mergedCircuitBreaker(
  stored: Configuration['deploymentCircuitBreaker'],
  given: AwsJson<DeploymentCircuitBreaker>,
): AwsJson<DeploymentCircuitBreaker> {
  const merged = { ...stored, ...given }
  return { ...merged, rollback: merged.rollback && merged.enable }
}

/** @throws AwsError UnsupportedFeatureException for a deployment controller other than ECS. */
export function checkDeploymentController(controller: AwsJson<DeploymentController> | undefined): void {
  if (controller?.type !== undefined && controller.type !== 'ECS')
    throw new AwsError(
      'UnsupportedFeatureException',
      `This engine does not have the deployment controller ${controller.type}, only ECS.`,
    )
}
