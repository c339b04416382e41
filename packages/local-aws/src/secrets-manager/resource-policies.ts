/**
 * The actions on resource policies of secrets. The engine has no IAM, so it stores policies and does not enforce them.
 */
import type {
  DeleteResourcePolicyRequest,
  DeleteResourcePolicyResponse,
  GetResourcePolicyRequest,
  GetResourcePolicyResponse,
  PutResourcePolicyRequest,
  PutResourcePolicyResponse,
} from '@aws-sdk/client-secrets-manager'
import type { AwsJson } from '@ecs-api/ecs-model'
import { AwsError } from '../protocol/aws-error.ts'
import type { JsonActions } from '../protocol/json-actions.ts'
import { getUsableSecret } from './find-secret.ts'
import type { SecretsContext } from './secret-record.ts'

export const resourcePolicyActions = {
  GetResourcePolicy: getResourcePolicy,
  PutResourcePolicy: putResourcePolicy,
  DeleteResourcePolicy: deleteResourcePolicy,
} satisfies JsonActions<SecretsContext>

function getResourcePolicy(
  context: SecretsContext,
  { SecretId = '' }: AwsJson<GetResourcePolicyRequest>,
): AwsJson<GetResourcePolicyResponse> {
  const { arn, name, resourcePolicy } = getUsableSecret(context, SecretId)
  return { ARN: arn, Name: name, ...(resourcePolicy !== undefined && { ResourcePolicy: resourcePolicy }) }
}

function putResourcePolicy(
  context: SecretsContext,
  input: AwsJson<PutResourcePolicyRequest>,
): AwsJson<PutResourcePolicyResponse> {
  const { SecretId = '', ResourcePolicy: resourcePolicy = '', BlockPublicPolicy = false } = input
  const secret = getUsableSecret(context, SecretId)
  const policy = parsePolicy(resourcePolicy)
  // The texts are from the API Reference, PutResourcePolicy; they were not recorded.
  if (!policy) throw new AwsError('MalformedPolicyDocumentException', 'The resource policy has syntax errors.')
  if (BlockPublicPolicy && statementsOf(policy).some(isPublic))
    throw new AwsError(
      'PublicPolicyException',
      'The BlockPublicPolicy parameter is set to true, and the resource policy did not prevent broad access to the secret.',
    )
  context.store.secrets.set(secret.name, { ...secret, resourcePolicy })
  return { ARN: secret.arn, Name: secret.name }
}

function deleteResourcePolicy(
  context: SecretsContext,
  { SecretId = '' }: AwsJson<DeleteResourcePolicyRequest>,
): AwsJson<DeleteResourcePolicyResponse> {
  const { resourcePolicy: _, ...secret } = getUsableSecret(context, SecretId)
  context.store.secrets.set(secret.name, secret)
  return { ARN: secret.arn, Name: secret.name }
}

interface Statement {
  Effect?: unknown
  Principal?: unknown
  Condition?: unknown
}

/** The policy document, or undefined when the text is not one. */
function parsePolicy(text: string): { Statement?: unknown } | undefined {
  try {
    const policy: unknown = JSON.parse(text)
    return typeof policy === 'object' && policy !== null && !Array.isArray(policy) ? policy : undefined
  } catch {
    return undefined
  }
}

function statementsOf({ Statement: statements }: { Statement?: unknown }): Statement[] {
  return [statements]
    .flat()
    .filter((statement): statement is Statement => typeof statement === 'object' && statement !== null)
}

/** Whether the statement allows everybody, without a condition. */
function isPublic({ Effect, Principal, Condition }: Statement): boolean {
  const isAnyone =
    Principal === '*' ||
    (typeof Principal === 'object' && Principal !== null && [Object.values(Principal)].flat(2).includes('*'))
  return Effect === 'Allow' && isAnyone && Condition === undefined
}
