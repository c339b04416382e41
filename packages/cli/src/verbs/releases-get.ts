import type { Input } from '../command.ts'
import { findService } from '../context/references.ts'
import { parseReleaseNumber } from '../release-number.ts'
import { releaseShape } from '../shapes/releases.ts'

export async function getRelease(input: Input): Promise<void> {
  const release = parseReleaseNumber(input.args[1]!, input.args[0])
  const { account, ref } = await findService(input, input.args[0])
  await input.out.resource(releaseShape, await account.releases.get(ref, release))
}
