import type { TokenCreate } from '@ecs-api/client'
import type { CommandInput } from '../command.ts'
import { tokenView } from '../views/gateway.ts'

/** Creates a token and prints its value, once. */
export async function createToken({ client, args, flags, out, now }: CommandInput): Promise<void> {
  const flagOfFence = { accounts: 'for-account', clusters: 'for-cluster', taskDefinitions: 'for-taskdef' } as const
  const body: TokenCreate = { name: args[0]!, role: (flags.text('role') ?? 'viewer') as TokenCreate['role'] }
  if (flags.isSet('exec')) body.permissions = ['exec']
  for (const [field, flag] of Object.entries(flagOfFence) as [keyof typeof flagOfFence, string][]) {
    const globs = flags.list(flag)
    if (globs.length > 0) body[field] = [...globs]
  }
  const seconds = flags.seconds('expires-in')
  if (seconds !== undefined) body.expiresAt = new Date(now() + seconds * 1000).toISOString()
  const token = await client.tokens.create(body)
  await out.resource(tokenView, token)
  if (token.token !== null) out.note('Store the value now: it is not shown again.')
}
