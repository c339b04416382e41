import type { Input } from '../command.ts'
import { tokenShape } from '../shapes/gateway.ts'

export async function deleteToken({ client, args, out, questions }: Input): Promise<void> {
  const [name] = args as [string]
  await questions.confirmName(`This revokes the token ${name}.`, name)
  await out.resource(tokenShape, await client.tokens.remove(name))
}
