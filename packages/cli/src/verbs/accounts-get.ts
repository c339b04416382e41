import type { Input } from '../command.ts'
import { CliError, UsageError } from '../errors.ts'
import { accountShape } from '../shapes/gateway.ts'

/** Shows one account. It is found in the list, because the API has no route for a single account. */
export async function getAccount({ client, args, target, out }: Input): Promise<void> {
  const name = args[0] ?? target.account
  if (name === undefined) throw new UsageError('Which account? Name one.', 'ecs-api accounts list')
  const { items } = await client.accounts.page()
  const account = items.find((candidate) => candidate.name === name)
  if (!account) throw new CliError(5, `This token may see no account ${name}.`, 'ecs-api accounts list')
  await out.resource(accountShape, account)
}
