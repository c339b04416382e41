import type { Input } from '../command.ts'
import { findService } from '../context/references.ts'
import { changeLine } from '../plan.ts'
import { releaseNumber } from '../release-number.ts'

/** Shows the differences of two releases; with one release, its difference from the one that runs now. */
export async function diffReleases(input: Input): Promise<void> {
  const [service, first = '', second] = input.args
  const release = releaseNumber(first, input.args[0])
  const to = second === undefined ? {} : { to: releaseNumber(second, input.args[0]) }
  const { account, ref } = await findService(input, service)
  const diff = await account.releases.diff(ref, release, to)
  const lines = diff.changes.map(({ path, from, to: value }) => changeLine(path, from, value))
  const nothing = `Release ${diff.from} and release ${diff.to} are the same.`
  await input.out.value(diff, lines.length === 0 ? [nothing] : [`Release ${diff.from} → ${diff.to}:`, ...lines])
}
