/** Prints a service after a change, with the addresses at which a local engine publishes its ports. */
import type { AccountClient, Service } from '@ecs-api/client'
import type { Out } from './out/out.ts'
import { readServiceAddresses } from './service-addresses.ts'
import { changedServiceView } from './views/services.ts'

export async function printChangedService(out: Out, account: AccountClient, service: Service): Promise<void> {
  await out.resource(changedServiceView(await readServiceAddresses(out, account, service)), service)
}
