import type { CommandInput } from '../command.ts'
import { findService } from '../context/references.ts'
import { collectPages } from '../list-flags.ts'
import { deploymentView } from '../views/deployments.ts'

/** Lists the deployments of a service, the newest first. */
export async function listDeployments(input: CommandInput): Promise<void> {
  const { account, ref } = await findService(input, input.args[0])
  const page = await collectPages(input.flags, (query) => account.deployments.page(ref, query))
  await input.out.list(deploymentView, page)
}
