import type { CommandInput } from '../command.ts'
import { parseClusterReference } from '../context/references.ts'
import { clusterView } from '../views/clusters.ts'

export async function getCluster(input: CommandInput): Promise<void> {
  const { account, ref } = await parseClusterReference(input, input.args[0])
  await input.out.resource(clusterView, await account.clusters.get(ref))
}
