import type { CommandInput } from '../command.ts'
import { collectPages } from '../list-flags.ts'
import { tokenView } from '../views/gateway.ts'

export async function listTokens({ client, flags, out }: CommandInput): Promise<void> {
  await out.list(tokenView, await collectPages(flags, (query) => client.tokens.page(query)))
}
