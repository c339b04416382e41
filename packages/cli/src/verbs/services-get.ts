import type { CommandInput } from '../command.ts'
import { findService } from '../context/references.ts'
import { readServiceAddresses } from '../service-addresses.ts'
import { undefinedIfRejected } from '../undefined-if-rejected.ts'
import { serviceViewWith } from '../views/services.ts'

export async function getService(input: CommandInput): Promise<void> {
  const { account, ref } = await findService(input, input.args[0])
  // The service is read before anything else, so that --curl prints only this request.
  const service = await account.services.get(ref)
  const [page, addresses] = await Promise.all([
    // Only people get the sentence about the last deployment. For a deleted service ECS lists no deployments.
    input.out.isForPeople ? account.deployments.page(ref, { limit: 1 }).catch(undefinedIfRejected) : undefined,
    readServiceAddresses(input.out, account, ref),
  ])
  await input.out.resource(serviceViewWith({ addresses, deployments: page?.items ?? [] }), service)
}
