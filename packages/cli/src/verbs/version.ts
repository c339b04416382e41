import { responseMeta } from '@ecs-api/client'
import type { Input } from '../command.ts'
import { findCommit } from '../commit.ts'
import { version } from '../version.ts'

/** Shows the versions of the command line and of the gateway. */
export async function showVersion({ client, target, out }: Input): Promise<void> {
  const commit = findCommit()
  const own = commit === undefined ? version : `${version} (${commit})`
  const gateway = await client.version().catch(async (error: unknown) => {
    // The version of the command needs no gateway.
    await out.value({ cli: { version, githash: commit } }, [`ecs-api  ${own}`], version)
    throw error
  })
  const lines = [`ecs-api  ${own}`, `gateway  ${gateway.version} (${gateway.githash}) at ${target.url}`]
  await out.value({ cli: { version, githash: commit }, gateway: { url: target.url, ...gateway } }, lines, version)
  if (responseMeta(gateway) && gateway.version !== version)
    out.note('The versions differ. A command that the gateway does not have says so.', 'yellow')
}
