import type { AccountClient, ReleaseDiff } from '@ecs-api/client'
import type { CommandInput } from '../command.ts'
import { findService } from '../context/references.ts'
import { UsageError } from '../errors.ts'
import { containersOfDefinition, withKnownValues } from '../hidden-values.ts'
import { changeLine } from '../plan.ts'
import { parseReleaseNumber } from '../release-number.ts'

/**
 * Shows the differences between two releases; with one release, those between it and the current release; without one,
 * those between the current release and the one before it.
 */
export async function diffReleases(input: CommandInput): Promise<void> {
  const { args, flags, out } = input
  const [service, release, otherRelease] = args
  const typedNumber = release === undefined ? undefined : parseReleaseNumber(release, service)
  const options = otherRelease === undefined ? {} : { to: parseReleaseNumber(otherRelease, service) }
  const { account, ref } = await findService(input, service)
  const number = typedNumber ?? (await numberBeforeCurrent(account, ref))
  const diff = await account.releases.diff(ref, number, options)
  const shown = flags.isSet('show-values') ? await withValues(account, ref, diff) : diff
  const lines = shown.changes.map(({ path, from, to }) => changeLine(path, from, to))
  const sameText = `Release ${diff.from} and release ${diff.to} are the same.`
  await out.valueOrLines(shown, lines.length === 0 ? [sameText] : [`Release ${diff.from} → ${diff.to}:`, ...lines])
}

type ServiceRef = { cluster: string; name: string }

/** @throws UsageError when no release is older than the current one */
async function numberBeforeCurrent(account: AccountClient, ref: ServiceRef): Promise<number> {
  let isOlder = false
  for await (const { release, isCurrent } of account.releases.list(ref)) {
    if (isOlder) return release
    isOlder = isCurrent
  }
  const name = `${ref.cluster}/${ref.name}`
  throw new UsageError(`${name} has no release before the current one.`, `ecs-api releases list ${name}`)
}

async function withValues(account: AccountClient, ref: ServiceRef, diff: ReleaseDiff): Promise<ReleaseDiff> {
  const [from, to] = await Promise.all(
    [diff.from, diff.to].map(async (number) => {
      const { taskDefinition } = await account.releases.get(ref, number)
      return containersOfDefinition(account, taskDefinition)
    }),
  )
  return { ...diff, changes: withKnownValues(diff.changes, { from, to }) }
}
