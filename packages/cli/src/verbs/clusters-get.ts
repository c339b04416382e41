import type { Input } from '../command.ts'
import { resolveCluster } from '../context/references.ts'
import { clusterShape } from '../shapes/clusters.ts'

export async function getCluster(input: Input): Promise<void> {
  const { account, ref } = await resolveCluster(input, input.args[0])
  await input.out.resource(clusterShape, await account.clusters.get(ref))
}
