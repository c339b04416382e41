/** Finds the deployment that a command names: by its id, or without an id the newest of the service. */
import type { AccountClient } from '@ecs-api/client'
import type { CommandInput } from '../command.ts'
import { CliError, exitCode } from '../errors.ts'
import { findService } from './references.ts'

export interface ResolvedDeploymentRef {
  account: AccountClient
  ref: { cluster: string; service: string; id: string }
}

export async function findDeployment(
  input: CommandInput,
  service: string | undefined,
  id: string | undefined,
): Promise<ResolvedDeploymentRef> {
  const { account, ref } = await findService(input, service)
  const { cluster, name } = ref
  if (id !== undefined) return { account, ref: { cluster, service: name, id } }
  const { items } = await account.deployments.page(ref, { limit: 1 })
  if (!items[0]) throw new CliError(exitCode.notFound, `The service ${cluster}/${name} has no deployments.`)
  return { account, ref: { cluster, service: name, id: items[0].id } }
}
