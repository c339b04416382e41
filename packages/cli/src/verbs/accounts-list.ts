import type { Input } from '../command.ts'
import { accountShape } from '../shapes/gateway.ts'

export async function listAccounts({ client, out }: Input): Promise<void> {
  await out.list(accountShape, await client.accounts.page())
}
