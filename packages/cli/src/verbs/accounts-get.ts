import type { CommandInput } from '../command.ts'
import { findAccount } from '../context/account.ts'
import { UsageError } from '../errors.ts'
import { accountView } from '../views/gateway.ts'

export async function getAccount({ client, args, target, out }: CommandInput): Promise<void> {
  const name = args[0] ?? target.account
  if (name === undefined) throw new UsageError('Which account? Name one.', 'ecs-api accounts list')
  await out.resource(accountView, await findAccount(client, name))
}
