/** Prints a service after a change, with the addresses at which a local engine publishes its ports. */
import type { AccountClient, Service } from '@ecs-api/client'
import type { Out } from './out/out.ts'
import { changedServiceShape } from './shapes/services.ts'
import { hostAddresses } from './shapes/tasks.ts'

const maxAddresses = 5
/** Enough to leave out the tasks of the former deployment, which are still being stopped. */
const maxTasksRead = 100

export async function printChangedService(out: Out, account: AccountClient, service: Service): Promise<void> {
  const addresses = out.isForPeople ? await addressesOf(account, service) : []
  await out.resource(changedServiceShape(addresses), service)
}

/** @returns none when the tasks cannot be read: the change itself succeeded */
async function addressesOf(account: AccountClient, { cluster, name }: Service): Promise<string[]> {
  const query = { cluster, service: name, status: 'RUNNING', limit: maxTasksRead } as const
  const page = await account.tasks.page(query).catch(() => undefined)
  const staying = page?.items.filter(({ desiredStatus }) => desiredStatus === 'RUNNING') ?? []
  const addresses = staying.map(hostAddresses).filter((text) => text !== '')
  const others = addresses.length - maxAddresses
  return others > 0 ? [...addresses.slice(0, maxAddresses), `and ${others} more`] : addresses
}
