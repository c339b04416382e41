import type { ClusterCreate } from '@ecs-api/client'
import { readBodyFile } from '../body-file.ts'
import type { CommandInput } from '../command.ts'
import { parseClusterReference } from '../context/references.ts'
import { UsageError } from '../errors.ts'
import { clusterView } from '../views/clusters.ts'

/** Creates a cluster. The name comes from the command, and the other fields from the file, if there is one. */
export async function createCluster(input: CommandInput): Promise<void> {
  const file = input.flags.text('file')
  const body = file === undefined ? undefined : await readBodyFile(file, input.signal)
  const { account, ref } = await parseClusterReference(input, input.args[0])
  const fields = body?.value as Partial<ClusterCreate> | undefined
  if (fields?.name !== undefined && fields.name !== ref)
    throw new UsageError(`${file} names the cluster ${fields.name}, but the command names ${ref}.`)
  const create = () => account.clusters.create({ ...fields, name: ref })
  await input.out.resource(clusterView, await (body ? body.sendAndLocateErrors(create) : create()))
}
