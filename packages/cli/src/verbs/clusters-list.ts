import type { CommandInput } from '../command.ts'
import { collectPages } from '../list-flags.ts'
import { clusterView } from '../views/clusters.ts'

export async function listClusters({ account, flags, out }: CommandInput): Promise<void> {
  const { clusters } = await account()
  await out.list(clusterView, await collectPages(flags, (query) => clusters.page(query)))
}
