import type { CommandInput } from '../command.ts'
import { resolveCluster } from '../context/references.ts'
import { clusterView } from '../views/clusters.ts'

export async function getCluster(input: CommandInput): Promise<void> {
  const { account, ref } = await resolveCluster(input, input.args[0])
  await input.out.resource(clusterView, await account.clusters.get(ref))
}
