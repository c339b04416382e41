import type { CommandInput } from '../command.ts'
import { accountView } from '../views/gateway.ts'

export async function listAccounts({ client, out }: CommandInput): Promise<void> {
  await out.list(accountView, await client.accounts.page())
}
