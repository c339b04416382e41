import type { AccountClient } from '@ecs-api/client'
import type { CommandInput } from '../command.ts'
import { findService, findServiceOrCluster } from '../context/references.ts'
import { flagOrArgument } from '../flag-or-argument.ts'
import { collectPages } from '../list-flags.ts'
import { taskView } from '../views/tasks.ts'

interface ListScope {
  account?: AccountClient
  cluster?: string | undefined
  service?: string | undefined
}

/** Lists the tasks of a service, of a cluster, or of all clusters. */
export async function listTasks(input: CommandInput): Promise<void> {
  const { flags, out } = input
  const { account, cluster, service } = await findScope(input)
  const { tasks } = account ?? (await input.account())
  const family = flags.text('family')
  const status = flags.text('status') as 'RUNNING' | undefined
  const filter = {
    ...(cluster !== undefined && { cluster }),
    ...(service !== undefined && { service }),
    ...(family !== undefined && { family }),
    ...(status !== undefined && { status }),
  }
  await out.list(taskView, await collectPages(flags, (query) => tasks.page({ ...filter, ...query })))
}

async function findScope(input: CommandInput): Promise<ListScope> {
  const { flags, target } = input
  const [argument] = input.args
  const given = flagOrArgument(flags, 'service', argument)
  // A service can be written with its cluster, and its account, as everywhere else.
  if (given?.includes('/')) return scopeOfService(await findService(input, given))
  if (argument === undefined || flags.text('service') !== undefined) return { cluster: target.cluster, service: given }
  const { service, cluster } = await findServiceOrCluster(input, argument)
  return service ? scopeOfService(service) : { account: cluster.account, cluster: cluster.ref }
}

const scopeOfService = ({ account, ref }: Awaited<ReturnType<typeof findService>>): ListScope => ({
  account,
  cluster: ref.cluster,
  service: ref.name,
})
