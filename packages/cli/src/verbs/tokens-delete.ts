import type { Input } from '../command.ts'
import { tokenShape } from '../shapes/gateway.ts'

export async function deleteToken({ client, args, out, ask }: Input): Promise<void> {
  const [name] = args as [string]
  await ask.confirmName(`This revokes the token ${name}.`, name)
  await out.resource(tokenShape, await client.tokens.remove(name))
}
