import type { Input } from '../command.ts'
import { findCluster } from '../context/references.ts'
import { clusterShape } from '../shapes/clusters.ts'

/** Deletes an empty cluster. */
export async function deleteCluster(input: Input): Promise<void> {
  const { account, ref } = await findCluster(input, input.args[0])
  const cluster = await account.clusters.get(ref)
  await input.ask.confirmName(`This deletes the cluster ${ref}.`, ref)
  await input.out.resource(clusterShape, await account.clusters.remove(ref, { ifMatch: cluster.configVersion }))
}
