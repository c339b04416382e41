import type { TaskDefinition } from '@ecs-api/client'
import type { CommandInput } from '../command.ts'
import { exitCode, UsageError } from '../errors.ts'
import { printableLine } from '../out/printable.ts'
import { showPlanAndConfirm } from '../plan.ts'
import { taskDefinitionView } from '../views/task-definitions.ts'

/** Shows the gateway's plan, asks, and deregisters one revision, or all of a family. Running services keep them. */
export async function deleteTaskDefinition(input: CommandInput): Promise<number> {
  const { account, args, flags, out } = input
  const [name] = args as [string]
  const view = taskDefinitionView({ showsValues: false })
  const { taskDefinitions } = await account()
  const options = flags.isSet('purge') ? { purge: true } : {}
  const isRevision = /:\d+$/.test(name)
  const subject = isRevision ? name : `all revisions of ${name}`
  const heading = flags.isSet('purge') ? `Deregister ${subject} and delete it for good:` : `Deregister ${subject}:`
  if (isRevision) {
    const revision = name as `${string}:${number}`
    const plan = await taskDefinitions.deregister(revision, { ...options, dryRun: true })
    const outcome = await showPlanAndConfirm(input, { heading, plan })
    if (!outcome.isConfirmed) return outcome.exitCode
    await out.resource(view, await taskDefinitions.deregister(revision, options))
    return 0
  }
  if (!flags.isSet('all'))
    throw new UsageError(
      `Which revision of ${name}? Write ${name}:NUMBER, or --all.`,
      `ecs-api taskdefs list --family ${name}`,
    )
  const plan = await taskDefinitions.deregisterFamily(name, { ...options, dryRun: true })
  const outcome = await showPlanAndConfirm(input, { heading, plan, nameToType: name })
  if (!outcome.isConfirmed) return outcome.exitCode
  const items: TaskDefinition[] = []
  for (;;) {
    const { items: done, failures, remaining } = await taskDefinitions.deregisterFamily(name, options)
    items.push(...done)
    for (const failure of failures) out.error(`${failure.name}: ${printableLine(failure.reason)}`)
    if (remaining === 0 || done.length === 0) {
      await out.list(view, { items, nextCursor: null })
      return failures.length > 0 || remaining > 0 ? exitCode.rejected : 0
    }
    // AWS allows one revision a second, so that a request ends before all are done.
    out.note(`${remaining} revisions remain.`)
  }
}
