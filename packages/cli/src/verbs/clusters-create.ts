import type { ClusterCreate } from '@ecs-api/client'
import { readBodyFile } from '../body-file.ts'
import type { Input } from '../command.ts'
import { findCluster } from '../context/references.ts'
import { clusterShape } from '../shapes/clusters.ts'

/** Creates a cluster; a file can hold its other fields. */
export async function createCluster(input: Input): Promise<void> {
  const file = input.flags.text('file')
  const body = file === undefined ? undefined : await readBodyFile(file)
  const { account, ref } = await findCluster(input, input.args[0])
  const fields = { ...(body?.value as Partial<ClusterCreate> | undefined), name: ref }
  const create = () => account.clusters.create(fields)
  await input.out.resource(clusterShape, await (body ? body.send(create) : create()))
}
