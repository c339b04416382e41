/** Which secret a client means: by name, by ARN, or by an ARN without the six characters at its end. */
import { AwsError } from '../protocol/aws-error.ts'
import type { SecretRecord, Secrets, SecretsContext } from './secret-record.ts'

/** @throws AwsError ResourceNotFoundException. A secret marked for deletion is found. */
export function findSecret({ store, clock }: SecretsContext, reference: string): SecretRecord {
  forgetGone(store, clock.now())
  const secret = reference.startsWith('arn:') ? byArn(store, reference) : store.secrets.get(reference)
  if (!secret) throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.")
  return secret
}

/** @throws AwsError InvalidRequestException when it is marked for deletion. */
export function findUsableSecret(context: SecretsContext, reference: string): SecretRecord {
  const secret = findSecret(context, reference)
  if (secret.deletedAt !== undefined)
    throw new AwsError(
      'InvalidRequestException',
      "You can't perform this operation on the secret because it was marked for deletion.",
    )
  return secret
}

function byArn({ secrets, arnStart }: Secrets, arn: string): SecretRecord | undefined {
  const [exact] = secrets.by('arn', arn)
  return exact ?? (arn.startsWith(arnStart) ? secrets.get(arn.slice(arnStart.length)) : undefined)
}

/** Those whose recovery window is over are gone for good, values and all. */
export function forgetGone(store: Secrets, now: number): void {
  for (const secret of store.secrets.by('marked', 'deleted'))
    if (secret.goneAt !== undefined && secret.goneAt <= now) forget(store, secret)
}

export function forget(store: Secrets, secret: SecretRecord): void {
  for (const { id } of secret.versions) store.forgetValue(secret, id)
  store.secrets.delete(secret.name)
}
