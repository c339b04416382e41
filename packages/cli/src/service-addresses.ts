/** The addresses at which a local engine publishes the ports of a service. */
import type { AccountClient, Service } from '@ecs-api/client'
import type { Out } from './out/out.ts'
import { hostAddresses } from './views/tasks.ts'

const maxAddresses = 5
/** Enough to leave out the tasks of the former deployment, which are still being stopped. */
const maxTasksRead = 100

/** @returns none for programs, and when the tasks cannot be read: the service itself is shown in any case */
export async function readServiceAddresses(
  out: Out,
  account: AccountClient,
  { cluster, name }: Pick<Service, 'cluster' | 'name'>,
): Promise<string[]> {
  if (!out.isForPeople) return []
  const query = { cluster, service: name, status: 'RUNNING', limit: maxTasksRead } as const
  const page = await account.tasks.page(query).catch(() => undefined)
  const remainingTasks = page?.items.filter(({ desiredStatus }) => desiredStatus === 'RUNNING') ?? []
  const addresses = remainingTasks.map(hostAddresses).filter((text) => text !== '')
  const others = addresses.length - maxAddresses
  return others > 0 ? [...addresses.slice(0, maxAddresses), `and ${others} more`] : addresses
}
