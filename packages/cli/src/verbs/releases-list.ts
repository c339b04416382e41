import type { Input } from '../command.ts'
import { findService } from '../context/references.ts'
import { collectPages } from '../list-flags.ts'
import { releaseShape, withChanges } from '../shapes/releases.ts'

/** Lists the releases of a service, the newest first. */
export async function listReleases(input: Input): Promise<void> {
  const { account, ref } = await findService(input, input.args[0])
  const page = await collectPages(input.flags, (query) => account.releases.page(ref, query))
  // A program gets the releases as the API has them.
  const items = input.out.isForPeople || input.out.format === 'tsv' ? withChanges(page.items) : page.items
  await input.out.list(releaseShape, { ...page, items })
}
