import type { Input } from '../command.ts'
import { UsageError } from '../errors.ts'
import { flagOrArgument } from '../flag-or-argument.ts'
import { collectPages } from '../list-flags.ts'
import { auditShape } from '../shapes/gateway.ts'

/** Lists changes, the newest first: those of the named account, or else of the whole gateway. */
export async function listAudit({ client, target, flags, args, out }: Input): Promise<void> {
  const [argument] = args
  if (argument?.includes('/'))
    throw new UsageError(
      'The audit log can be filtered by cluster, --caller, --since and --until, and not by service.',
      `The changes in its cluster: ecs-api audit list ${argument.split('/').at(-2)}`,
    )
  const { audit } = target.account === undefined ? client : client.account(target.account)
  const filter: Record<string, string> = {}
  for (const name of ['since', 'until', 'caller'] as const) {
    const value = flags.text(name)
    if (value !== undefined) filter[name] = value
  }
  const cluster = flagOrArgument(flags, 'cluster', argument) ?? target.cluster
  if (cluster !== undefined) filter.cluster = cluster
  const page = await collectPages(flags, (query) => audit.page({ ...filter, ...query }))
  const whenEmpty = `${argument} is read as the name of a cluster. Of a token: ecs-api audit list --caller ${argument}`
  await out.list(argument === undefined ? auditShape : { ...auditShape, whenEmpty }, page)
}
