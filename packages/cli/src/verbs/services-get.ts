import type { Input } from '../command.ts'
import { findService } from '../context/references.ts'
import { addressesOf } from '../service-addresses.ts'
import { serviceShapeWith } from '../shapes/services.ts'

export async function getService(input: Input): Promise<void> {
  const { account, ref } = await findService(input, input.args[0])
  const service = await account.services.get(ref)
  await input.out.resource(serviceShapeWith(await addressesOf(input.out, account, ref)), service)
}
