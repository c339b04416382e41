import type { Input } from '../command.ts'
import { findService } from '../context/references.ts'
import { serviceShape } from '../shapes/services.ts'

export async function getService(input: Input): Promise<void> {
  const { account, ref } = await findService(input, input.args[0])
  await input.out.resource(serviceShape, await account.services.get(ref))
}
