import type { Input } from '../command.ts'
import { collectPages } from '../list-flags.ts'
import { tokenShape } from '../shapes/gateway.ts'

export async function listTokens({ client, flags, out }: Input): Promise<void> {
  await out.list(tokenShape, await collectPages(flags, (query) => client.tokens.page(query)))
}
