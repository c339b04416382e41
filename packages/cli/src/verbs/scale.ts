import { printChangedService } from '../changed-service.ts'
import type { CommandInput } from '../command.ts'
import { findService } from '../context/references.ts'
import { UsageError } from '../errors.ts'
import { followRollout, scalingFollowOptions } from '../progress/follow-rollout.ts'

/** Sets the desired count, and waits until that many tasks run. */
export async function scale(input: CommandInput): Promise<void> {
  const [reference, countText = ''] = input.args
  if (!/^\d{1,6}$/.test(countText))
    throw new UsageError(
      `"${countText}" is not a number of tasks.`,
      'First the service, then its count: ecs-api scale prod/www 3',
    )
  const count = Number(countText)
  const { account, ref } = await findService(input, reference)
  const { desiredCount: formerCount } = await account.services.get(ref, { fresh: true })
  const name = `${ref.cluster}/${ref.name}`
  if (formerCount === count) return input.out.note(`${name} has the count ${count} already. Nothing to do.`)
  if (count === 0) await input.questions.requireYes(`Stop all ${formerCount} tasks of ${name}?`)
  const rollout = await account.services.update(ref, { count })
  const { service } = rollout
  if (input.flags.isSet('detach')) return printChangedService(input.out, account, service)
  const followed = await followRollout({
    input,
    account,
    title: `Scaling ${name} to ${count}`,
    rollout,
    service,
    ...scalingFollowOptions(name, formerCount),
  })
  await printChangedService(input.out, account, followed)
}
