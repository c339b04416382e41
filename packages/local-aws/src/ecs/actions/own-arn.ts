/** Checks the ARNs in requests. An ARN may only name a resource of the caller's own account and Region. */
import { type ArnScope, differingArnPart, parseArn, type ResourceKind } from '@ecs-api/ecs-model'
import { AwsError } from '../../protocol/aws-error.ts'

/**
 * The path of the resource that the ARN names: `['prod', 'www']` for `arn:…:service/prod/www`.
 * @throws AwsError InvalidParameterException for an ARN of another kind, partition, Region or account. AWS's
 * text for the Region is known from reports (aws-cli#3175, amazon-ecs-cli#821). Those for the partition and the account
 * are not known, so the engine has its own.
 */
export function resourcePathInAccount(arn: string, kind: ResourceKind, scope: ArnScope): string[] {
  switch (differingArnPart(arn, kind, scope)) {
    case 'kind':
      throw wrongSeparatorCount()
    case 'partition':
      throw invalidParameter('Invalid partition in ARN')
    case 'region':
      throw invalidParameter('Invalid Region in ARN')
    case 'account':
      throw invalidParameter(
        `Invalid identifier: Identifier is for account ${parseArn(arn)?.account}. Your account is ${scope.account}`,
      )
  }
  const [, ...path] = parseArn(arn)!.resource.split('/')
  return path
}

export function wrongSeparatorCount(): AwsError {
  return invalidParameter('Invalid identifier: Unexpected number of separators')
}

function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterException', message)
}
