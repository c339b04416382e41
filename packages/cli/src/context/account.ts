import type { Account, Client } from '@ecs-api/client'
import { CliError, exitCode } from '../errors.ts'

/**
 * Finds an account in the list, because the API has no route for a single account.
 * @throws CliError with exit code 5
 */
export async function findAccount(client: Client, name: string): Promise<Account> {
  const { items } = await client.accounts.page()
  const account = items.find((candidate) => candidate.name === name)
  if (!account) throw new CliError(exitCode.notFound, `This token may see no account ${name}.`, 'ecs-api accounts list')
  return account
}
