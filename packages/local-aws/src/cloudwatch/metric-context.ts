/** The parts that the actions of CloudWatch share. */
import type { Clock } from '../clock.ts'
import { AwsError } from '../protocol/aws-error.ts'
import type { MetricTables } from './metric-tables.ts'

export interface MetricContext {
  tables: MetricTables
  clock: Clock
  account: string
  region: string
}

// The names of these errors in JSON and Query: AWS's service model, `awsQueryCompatible`.
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

/** For what CloudWatch offers and this engine does not. */
export function unsupported(feature: string): AwsError {
  return new AwsError('UnsupportedFeatureException', `This engine does not have ${feature} of Amazon CloudWatch.`)
}
