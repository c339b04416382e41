import type { CommandInput } from '../command.ts'
import { tokenView } from '../views/gateway.ts'

/** Gives a token a new value. Its old value becomes invalid at once. */
export async function rotateToken({ client, args, flags, out, questions, now }: CommandInput): Promise<void> {
  const [name] = args as [string]
  await questions.requireYes(`Rotate the token ${name}? Its present value becomes invalid at once.`)
  const seconds = flags.seconds('expires-in')
  const expiry = seconds === undefined ? {} : { expiresAt: new Date(now() + seconds * 1000).toISOString() }
  const token = await client.tokens.rotate(name, expiry)
  await out.resource(tokenView, token)
  if (token.token !== null) out.note('Store the value now: it is not shown again.')
}
