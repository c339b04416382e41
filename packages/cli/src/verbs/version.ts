import type { CommandInput } from '../command.ts'
import { findCommit } from '../commit.ts'
import { version } from '../version.ts'

/** Shows the versions of the command line and of the gateway. */
export async function showVersion({ client, target, out }: CommandInput): Promise<void> {
  const commit = findCommit()
  const ownVersion = commit === undefined ? version : `${version} (${commit})`
  const gateway = await client.version().catch(async (error: unknown) => {
    // The version of this program is printed without a gateway, too.
    await out.valueOrLines({ cli: { version, githash: commit } }, [`ecs-api  ${ownVersion}`], { name: version })
    throw error
  })
  const lines = [`ecs-api  ${ownVersion}`, `gateway  ${gateway.version} (${gateway.githash}) at ${target.url}`]
  await out.valueOrLines({ cli: { version, githash: commit }, gateway: { url: target.url, ...gateway } }, lines, {
    name: version,
  })
  if (gateway.version !== version)
    out.note(
      'The versions differ, so the gateway may lack routes that a command needs. The command then says so.',
      'yellow',
    )
}
