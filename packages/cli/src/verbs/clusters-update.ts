import type { ClusterPatch } from '@ecs-api/client'
import { readBodyFile } from '../body-file.ts'
import type { CommandInput } from '../command.ts'
import { parseClusterReference } from '../context/references.ts'
import { UsageError } from '../errors.ts'
import { clusterView } from '../views/clusters.ts'

/** Merges the fields of a file into a cluster. */
export async function updateCluster(input: CommandInput): Promise<void> {
  const file = input.flags.text('file')
  if (file === undefined) throw new UsageError('Which fields? Give them with -f FILE (- is standard input).')
  const body = await readBodyFile(file, input.signal)
  const { account, ref } = await parseClusterReference(input, input.args[0])
  const cluster = await body.sendAndLocateErrors(() => account.clusters.update(ref, body.value as ClusterPatch))
  await input.out.resource(clusterView, cluster)
}
