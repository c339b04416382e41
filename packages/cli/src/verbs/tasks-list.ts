import type { AccountClient } from '@ecs-api/client'
import type { Input } from '../command.ts'
import { findService, findServiceOrCluster } from '../context/references.ts'
import { flagOrArgument } from '../flag-or-argument.ts'
import { collectPages } from '../list-flags.ts'
import { taskShape } from '../shapes/tasks.ts'

interface Place {
  account?: AccountClient
  cluster?: string | undefined
  service?: string | undefined
}

/** Lists the tasks of a service, of a cluster, or of all clusters. */
export async function listTasks(input: Input): Promise<void> {
  const { flags, out } = input
  const { account, cluster, service } = await placeOf(input)
  const { tasks } = account ?? (await input.account())
  const family = flags.text('family')
  const status = flags.text('status') as 'RUNNING' | undefined
  const filter = {
    ...(cluster !== undefined && { cluster }),
    ...(service !== undefined && { service }),
    ...(family !== undefined && { family }),
    ...(status !== undefined && { status }),
  }
  await out.list(taskShape, await collectPages(flags, (query) => tasks.page({ ...filter, ...query })))
}

async function placeOf(input: Input): Promise<Place> {
  const { flags, target } = input
  const [argument] = input.args
  const given = flagOrArgument(flags, 'service', argument)
  // A service can be written with its cluster, and its account, as everywhere else.
  if (given?.includes('/')) return placeOfService(await findService(input, given))
  if (argument === undefined || flags.text('service') !== undefined) return { cluster: target.cluster, service: given }
  const { service, cluster } = await findServiceOrCluster(input, argument)
  return service ? placeOfService(service) : { account: cluster.account, cluster: cluster.ref }
}

const placeOfService = ({ account, ref }: Awaited<ReturnType<typeof findService>>): Place => ({
  account,
  cluster: ref.cluster,
  service: ref.name,
})
