import type { CommandInput } from '../command.ts'
import { findService } from '../context/references.ts'
import { collectPages } from '../list-flags.ts'
import { withReleaseChanges } from '../release-changes.ts'
import { releaseView } from '../views/releases.ts'

/** Lists the releases of a service, the newest first. */
export async function listReleases(input: CommandInput): Promise<void> {
  const { account, ref } = await findService(input, input.args[0])
  const page = await collectPages(input.flags, (query) => account.releases.page(ref, query))
  // A program gets the releases as the API has them.
  const compare = (from: number, to: number) => account.releases.diff(ref, from, { to })
  const items =
    input.out.isForPeople || input.out.format === 'tsv' ? await withReleaseChanges(page.items, compare) : page.items
  await input.out.list(releaseView, { ...page, items })
}
