import type { Input } from '../command.ts'
import { collectPages } from '../list-flags.ts'
import { taskShape } from '../shapes/tasks.ts'

/** Lists the tasks of a cluster, or of all clusters. */
export async function listTasks({ account, target, flags, out }: Input): Promise<void> {
  const { tasks } = await account()
  const service = flags.text('service')
  const family = flags.text('family')
  const status = flags.text('status') as 'RUNNING' | undefined
  const filter = {
    ...(target.cluster !== undefined && { cluster: target.cluster }),
    ...(service !== undefined && { service }),
    ...(family !== undefined && { family }),
    ...(status !== undefined && { status }),
  }
  await out.list(taskShape, await collectPages(flags, (query) => tasks.page({ ...filter, ...query })))
}
