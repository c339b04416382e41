/** The context of the actions of CloudWatch, and their errors. */
import type { Clock } from '../clock.ts'
import { AwsError } from '../protocol/aws-error.ts'
import type { MetricTables } from './metric-tables.ts'

export interface MetricContext {
  tables: MetricTables
  clock: Clock
  account: string
  region: string
}

// Each of these errors has one name in the JSON protocol and another in the Query protocol. Source: AWS's service
// model, `awsQueryCompatible`.
export function invalidValue(message: string): AwsError {
  return new AwsError('InvalidParameterValueException', message, { queryCode: 'InvalidParameterValue' })
}

export function invalidCombination(message: string): AwsError {
  return new AwsError('InvalidParameterCombinationException', message, { queryCode: 'InvalidParameterCombination' })
}

export function missingParameter(name: string): AwsError {
  return new AwsError('MissingRequiredParameterException', `The parameter ${name} is required.`, {
    queryCode: 'MissingParameter',
  })
}

/** The error for a feature that CloudWatch has and this engine lacks. */
export function unsupportedFeature(feature: string): AwsError {
  return new AwsError('UnsupportedFeatureException', `This engine does not have ${feature} of Amazon CloudWatch.`)
}
