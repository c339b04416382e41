import type { Input } from '../command.ts'
import { findService } from '../context/references.ts'
import { changeLine } from '../plan.ts'
import { parseReleaseNumber } from '../release-number.ts'

/** Shows the differences between two releases; with one release, those between it and the current release. */
export async function diffReleases(input: Input): Promise<void> {
  const [service, release = '', otherRelease] = input.args
  const number = parseReleaseNumber(release, service)
  const options = otherRelease === undefined ? {} : { to: parseReleaseNumber(otherRelease, service) }
  const { account, ref } = await findService(input, service)
  const diff = await account.releases.diff(ref, number, options)
  const lines = diff.changes.map(({ path, from, to }) => changeLine(path, from, to))
  const sameText = `Release ${diff.from} and release ${diff.to} are the same.`
  await input.out.valueOrLines(diff, lines.length === 0 ? [sameText] : [`Release ${diff.from} → ${diff.to}:`, ...lines])
}
