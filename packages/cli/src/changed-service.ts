/** Prints a service after a change, with the addresses at which a local engine publishes its ports. */
import type { AccountClient, Service } from '@ecs-api/client'
import type { Out } from './out/out.ts'
import { changedServiceShape } from './shapes/services.ts'
import { hostAddresses } from './shapes/tasks.ts'

const maxAddresses = 5

export async function printChangedService(out: Out, account: AccountClient, service: Service): Promise<void> {
  const addresses = out.isForPeople ? await addressesOf(account, service) : []
  await out.resource(changedServiceShape(addresses), service)
}

/** @returns none when the tasks cannot be read: the change itself succeeded */
async function addressesOf(account: AccountClient, { cluster, name }: Service): Promise<string[]> {
  const query = { cluster, service: name, status: 'RUNNING', limit: maxAddresses } as const
  const page = await account.tasks.page(query).catch(() => undefined)
  return page?.items.map(hostAddresses).filter((text) => text !== '') ?? []
}
