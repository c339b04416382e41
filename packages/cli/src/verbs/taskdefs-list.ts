import type { CommandInput } from '../command.ts'
import { flagOrArgument } from '../flag-or-argument.ts'
import { collectPages } from '../list-flags.ts'
import { taskDefinitionSummaryView } from '../views/task-definitions.ts'

export async function listTaskDefinitions({ account, args, flags, out }: CommandInput): Promise<void> {
  const { taskDefinitions } = await account()
  const family = flagOrArgument(flags, 'family', args[0])
  const status = flags.text('status') as 'ACTIVE' | undefined
  const filter = {
    ...(family !== undefined && { family }),
    ...(status !== undefined && { status }),
    ...(flags.isSet('latest') && { latest: true }),
  }
  const page = await collectPages(flags, (query) => taskDefinitions.page({ ...filter, ...query }))
  await out.list(taskDefinitionSummaryView, page)
}
