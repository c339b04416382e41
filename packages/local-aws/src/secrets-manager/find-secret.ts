/** Finds the secret that a request refers to: by name, by ARN, or by an ARN without the six characters at its end. */
import { AwsError } from '../protocol/aws-error.ts'
import type { SecretRecord, SecretStore, SecretsContext } from './secret-record.ts'

/**
 * The secret, even if it is marked for deletion.
 * @throws AwsError ResourceNotFoundException.
 */
export function getSecret({ store, clock }: SecretsContext, reference: string): SecretRecord {
  deleteExpiredSecrets(store, clock.now())
  const secret = reference.startsWith('arn:') ? findByArn(store, reference) : store.secrets.get(reference)
  if (!secret) throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.")
  return secret
}

/**
 * The secret, unless it is marked for deletion.
 * @throws AwsError ResourceNotFoundException, or InvalidRequestException when it is marked for deletion.
 */
export function getUsableSecret(context: SecretsContext, reference: string): SecretRecord {
  const secret = getSecret(context, reference)
  if (secret.deletedAt !== undefined)
    throw new AwsError(
      'InvalidRequestException',
      "You can't perform this operation on the secret because it was marked for deletion.",
    )
  return secret
}

function findByArn({ secrets, arnStart }: SecretStore, arn: string): SecretRecord | undefined {
  const [exact] = secrets.allByIndex('arn', arn)
  return exact ?? (arn.startsWith(arnStart) ? secrets.get(arn.slice(arnStart.length)) : undefined)
}

/** Deletes the secrets whose recovery window has ended, with their values. */
export function deleteExpiredSecrets(store: SecretStore, now: number): void {
  for (const secret of store.secrets.allByIndex('markedForDeletion', 'yes'))
    if (secret.goneAt !== undefined && secret.goneAt <= now) deleteSecretWithValues(store, secret)
}

/** Deletes a secret with its values at once. */
export function deleteSecretWithValues(store: SecretStore, secret: SecretRecord): void {
  for (const { id } of secret.versions) store.deleteValue(secret, id)
  store.secrets.delete(secret.name)
}
