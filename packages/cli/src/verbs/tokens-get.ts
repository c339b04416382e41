import type { Input } from '../command.ts'
import { tokenShape } from '../shapes/gateway.ts'

export async function getToken({ client, args, out }: Input): Promise<void> {
  await out.resource(tokenShape, await client.tokens.get(args[0]!))
}
