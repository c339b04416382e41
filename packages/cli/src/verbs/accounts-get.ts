import type { Input } from '../command.ts'
import { findAccount } from '../context/account.ts'
import { UsageError } from '../errors.ts'
import { accountShape } from '../shapes/gateway.ts'

export async function getAccount({ client, args, target, out }: Input): Promise<void> {
  const name = args[0] ?? target.account
  if (name === undefined) throw new UsageError('Which account? Name one.', 'ecs-api accounts list')
  await out.resource(accountShape, await findAccount(client, name))
}
