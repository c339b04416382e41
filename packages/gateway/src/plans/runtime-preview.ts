/** Sentences of a plan about how the containers that it starts will run on this machine. */
import type { ContainerDefinition } from '@aws-sdk/client-ecs'
import type { Account } from '../aws/account.ts'

/**
 * Empty for an account on AWS, and when the container runtime does not answer: a plan does not need these sentences.
 */
export async function runtimePreview(
  { localRuntime }: Pick<Account, 'localRuntime'>,
  containers: readonly ContainerDefinition[],
): Promise<readonly string[]> {
  if (!localRuntime || containers.length === 0) return []
  return localRuntime.previewOf(containers).catch(() => [])
}
