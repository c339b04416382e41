import type { Input } from '../command.ts'
import { findService } from '../context/references.ts'
import { collectPages } from '../list-flags.ts'
import { taskShape } from '../shapes/tasks.ts'

/** Lists the tasks of a cluster, or of all clusters. */
export async function listTasks(input: Input): Promise<void> {
  const { account, target, flags, out } = input
  const given = flags.text('service')
  // A service can be written with its cluster, and its account, as everywhere else.
  const found = given?.includes('/') ? await findService(input, given) : undefined
  const { tasks } = found?.account ?? (await account())
  const service = found?.ref.name ?? given
  const cluster = found?.ref.cluster ?? target.cluster
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
