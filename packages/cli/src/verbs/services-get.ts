import { isProblem } from '@ecs-api/client'
import type { Input } from '../command.ts'
import { findService } from '../context/references.ts'
import { addressesOf } from '../service-addresses.ts'
import { serviceShapeWith } from '../shapes/services.ts'

export async function getService(input: Input): Promise<void> {
  const { account, ref } = await findService(input, input.args[0])
  // Alone, so that --curl prints only this request.
  const service = await account.services.get(ref)
  const [{ items: deployments }, addresses] = await Promise.all([
    // ECS lists none of a deleted service.
    account.deployments.page(ref, { limit: 1 }).catch(noneIfRejected),
    addressesOf(input.out, account, ref),
  ])
  await input.out.resource(serviceShapeWith({ addresses, deployments }), service)
}

function noneIfRejected(error: unknown): { items: [] } {
  if (!isProblem(error)) throw error
  return { items: [] }
}
