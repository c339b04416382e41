import type { CommandInput } from '../command.ts'
import { tokenView } from '../views/gateway.ts'

export async function getToken({ client, args, out }: CommandInput): Promise<void> {
  await out.resource(tokenView, await client.tokens.get(args[0]!))
}
