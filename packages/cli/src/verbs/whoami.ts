import type { CommandInput } from '../command.ts'
import { printableLine } from '../out/printable.ts'

/** Shows the token's name, role, fence, expiry and source. */
export async function whoami({ client, target, out }: CommandInput): Promise<void> {
  const me = await client.me()
  const { source } = await target.token()
  const fenceText = (globs: readonly string[]) => (globs.length === 0 ? 'all' : globs.join(', '))
  const fields = [
    ['token', `${me.name} (${source})`],
    ['role', me.role],
    ['permissions', me.permissions.join(', ')],
    ['accounts', fenceText(me.accounts)],
    ['clusters', fenceText(me.clusters)],
    ['definitions', fenceText(me.taskDefinitions)],
    ['expires', me.expiresAt ?? 'never'],
    ['gateway', target.url],
    ['profile', target.profile ?? '-'],
    ['account', target.account ?? '-'],
    ['cluster', target.cluster ?? '-'],
  ] as const
  const lines = fields.map(([label, text]) => `${out.paint('dim', label.padEnd(11))}  ${printableLine(text)}`)
  await out.valueOrLines(me, lines, { name: me.name })
}
