import type { Input } from '../command.ts'
import { findService } from '../context/references.ts'
import { collectPages } from '../list-flags.ts'
import { releaseShape } from '../shapes/releases.ts'

/** Lists the releases of a service, the newest first. */
export async function listReleases(input: Input): Promise<void> {
  const { account, ref } = await findService(input, input.args[0])
  const page = await collectPages(input.flags, (query) => account.releases.page(ref, query))
  await input.out.list(releaseShape, page)
}
