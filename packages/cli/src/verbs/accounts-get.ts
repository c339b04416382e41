import type { Input } from '../command.ts'
import { CliError, UsageError } from '../errors.ts'
import { accountShape } from '../shapes/gateway.ts'

/** The API lists accounts and has no route for one. */
export async function getAccount({ client, args, target, out }: Input): Promise<void> {
  const name = args[0] ?? target.account
  if (name === undefined) throw new UsageError('Which account? Name one.', 'ecs-api accounts list')
  const { items } = await client.accounts.page()
  const account = items.find((candidate) => candidate.name === name)
  if (!account) throw new CliError(5, `This token sees no account ${name}.`, 'ecs-api accounts list')
  await out.resource(accountShape, account)
}
