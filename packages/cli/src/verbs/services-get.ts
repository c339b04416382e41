import { isProblem } from '@ecs-api/client'
import type { CommandInput } from '../command.ts'
import { findService } from '../context/references.ts'
import { readServiceAddresses } from '../service-addresses.ts'
import { serviceViewWith } from '../views/services.ts'

export async function getService(input: CommandInput): Promise<void> {
  const { account, ref } = await findService(input, input.args[0])
  // Alone, so that --curl prints only this request.
  const service = await account.services.get(ref)
  const [{ items: deployments }, addresses] = await Promise.all([
    // ECS lists none of a deleted service.
    account.deployments.page(ref, { limit: 1 }).catch(noneIfRejected),
    readServiceAddresses(input.out, account, ref),
  ])
  await input.out.resource(serviceViewWith({ addresses, deployments }), service)
}

function noneIfRejected(error: unknown): { items: [] } {
  if (!isProblem(error)) throw error
  return { items: [] }
}
