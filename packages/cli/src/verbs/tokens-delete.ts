import type { CommandInput } from '../command.ts'
import { tokenView } from '../views/gateway.ts'

export async function deleteToken({ client, args, out, questions }: CommandInput): Promise<void> {
  const [name] = args as [string]
  await questions.requireTypedName(`This revokes the token ${name}.`, name)
  await out.resource(tokenView, await client.tokens.remove(name))
}
