import type { Input } from '../command.ts'
import { collectPages } from '../list-flags.ts'
import { auditShape } from '../shapes/gateway.ts'

/** Lists changes, the newest first: those of the named account, or else of the whole gateway. */
export async function listAudit({ client, target, flags, out }: Input): Promise<void> {
  const { audit } = target.account === undefined ? client : client.account(target.account)
  const filter: Record<string, string> = {}
  for (const name of ['since', 'until', 'caller'] as const) {
    const value = flags.text(name)
    if (value !== undefined) filter[name] = value
  }
  if (target.cluster !== undefined) filter.cluster = target.cluster
  await out.list(auditShape, await collectPages(flags, (query) => audit.page({ ...filter, ...query })))
}
