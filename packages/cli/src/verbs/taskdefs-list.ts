import type { Input } from '../command.ts'
import { flagOrArgument } from '../flag-or-argument.ts'
import { collectPages } from '../list-flags.ts'
import { taskDefinitionSummaryShape } from '../shapes/task-definitions.ts'

export async function listTaskDefinitions({ account, args, flags, out }: Input): Promise<void> {
  const { taskDefinitions } = await account()
  const family = flagOrArgument(flags, 'family', args[0])
  const status = flags.text('status') as 'ACTIVE' | undefined
  const filter = {
    ...(family !== undefined && { family }),
    ...(status !== undefined && { status }),
    ...(flags.isSet('latest') && { latest: true }),
  }
  const page = await collectPages(flags, (query) => taskDefinitions.page({ ...filter, ...query }))
  await out.list(taskDefinitionSummaryShape, page)
}
