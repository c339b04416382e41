import type { CommandInput } from '../command.ts'
import { findService } from '../context/references.ts'
import { parseReleaseNumber } from '../release-number.ts'
import { releaseView, releaseViewWith } from '../views/releases.ts'

export async function getRelease(input: CommandInput): Promise<void> {
  const release = parseReleaseNumber(input.args[1]!, input.args[0])
  const { account, ref } = await findService(input, input.args[0])
  const { out, flags } = input
  const shown = await account.releases.get(ref, release)
  // For people, the release is shown with its definition, if the definition still exists and may be read.
  const definition =
    out.isForPeople && shown.taskDefinition !== null
      ? await account.taskDefinitions.get(shown.taskDefinition).catch(() => undefined)
      : undefined
  const showsValues = flags.isSet('show-values')
  await out.resource(definition ? releaseViewWith(definition, { showsValues }) : releaseView, shown)
}
