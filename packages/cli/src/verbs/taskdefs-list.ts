import type { Input } from '../command.ts'
import { collectPages } from '../list-flags.ts'
import { taskDefinitionSummaryShape } from '../shapes/task-definitions.ts'

export async function listTaskDefinitions({ account, flags, out }: Input): Promise<void> {
  const { taskDefinitions } = await account()
  const family = flags.text('family')
  const status = flags.text('status') as 'ACTIVE' | undefined
  const filter = {
    ...(family !== undefined && { family }),
    ...(status !== undefined && { status }),
    ...(flags.isSet('latest') && { latest: true }),
  }
  const page = await collectPages(flags, (query) => taskDefinitions.page({ ...filter, ...query }))
  await out.list(taskDefinitionSummaryShape, page)
}
