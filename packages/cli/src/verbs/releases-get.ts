import type { Input } from '../command.ts'
import { findService } from '../context/references.ts'
import { parseReleaseNumber } from '../release-number.ts'
import { releaseShape, releaseShapeWith } from '../shapes/releases.ts'

export async function getRelease(input: Input): Promise<void> {
  const release = parseReleaseNumber(input.args[1]!, input.args[0])
  const { account, ref } = await findService(input, input.args[0])
  const { out, flags } = input
  const shown = await account.releases.get(ref, release)
  // For people, the release is shown with its definition, unless that does not exist any more or is not to be read.
  const definition =
    out.isForPeople && shown.taskDefinition !== null
      ? await account.taskDefinitions.get(shown.taskDefinition).catch(() => undefined)
      : undefined
  const showsValues = flags.isSet('show-values')
  await out.resource(definition ? releaseShapeWith(definition, { showsValues }) : releaseShape, shown)
}
