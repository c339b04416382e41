import type { Input } from '../command.ts'
import { collectPages } from '../list-flags.ts'
import { serviceShape } from '../shapes/services.ts'

/** Lists the services of a cluster, or of all clusters. The columns need the events, which a list otherwise lacks. */
export async function listServices({ account, target, flags, out }: Input): Promise<void> {
  const { services } = await account()
  const cluster = target.cluster === undefined ? {} : { cluster: target.cluster }
  const hasColumns = out.isForPeople || (out.format === 'tsv' && !flags.isSet('query'))
  const events = hasColumns ? ({ include: 'events' } as const) : {}
  await out.list(serviceShape, await collectPages(flags, (query) => services.page({ ...cluster, ...events, ...query })))
}
