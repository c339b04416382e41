import type { Input } from '../command.ts'
import { collectPages } from '../list-flags.ts'
import { serviceShape } from '../shapes/services.ts'

/** Lists the services of a cluster, or of all clusters. */
export async function listServices({ account, target, flags, out }: Input): Promise<void> {
  const { services } = await account()
  const cluster = target.cluster === undefined ? {} : { cluster: target.cluster }
  await out.list(serviceShape, await collectPages(flags, (query) => services.page({ ...cluster, ...query })))
}
