import type { Input } from '../command.ts'
import { collectPages } from '../list-flags.ts'
import { clusterShape } from '../shapes/clusters.ts'

export async function listClusters({ account, flags, out }: Input): Promise<void> {
  const { clusters } = await account()
  await out.list(clusterShape, await collectPages(flags, (query) => clusters.page(query)))
}
