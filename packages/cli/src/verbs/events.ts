import type { ServiceEvent } from '@ecs-api/client'
import type { CommandInput } from '../command.ts'
import { findService } from '../context/references.ts'
import { collectPages } from '../list-flags.ts'
import { printableLine } from '../out/printable.ts'
import type { ResourceView } from '../out/resource-view.ts'

const eventView: ResourceView<ServiceEvent> = {
  noun: 'events',
  name: ({ id }) => id,
  columns: [
    { header: 'AT', value: ({ createdAt }) => createdAt, keepPriority: 9, kind: 'time' },
    { header: 'EVENT', value: ({ message }) => message, keepPriority: 10, kind: 'text' },
  ],
}

/**
 * Lists the events of a service, newest first. With `-f` it prints the last ten, oldest first, and then each new one.
 */
export async function events(input: CommandInput): Promise<void> {
  const { flags, out, signal } = input
  const since = flags.text('since')
  const filter = since === undefined ? {} : { since }
  const { account, ref } = await findService(input, input.args[0])
  const readPage = (query: { limit: number; cursor?: string }) =>
    account.services.events(ref, { ...filter, ...query, signal }).page()
  if (!flags.isSet('follow')) return out.list(eventView, await collectPages(flags, readPage))
  const printedIds = new Set<string>()
  const print = async (events: readonly ServiceEvent[]) => {
    for (const event of events.toReversed().filter(({ id }) => !printedIds.has(id))) {
      printedIds.add(event.id)
      await out.event(event, out.wrap(`${event.createdAt}  ${printableLine(event.message)}`), {
        name: event.id,
      })
    }
  }
  const firstPage = await readPage({ limit: flags.integer('limit') ?? 10 })
  await print(firstPage.items)
  const newestAt = firstPage.items[0]?.createdAt ?? ''
  if (out.stdoutFailure) return
  for await (const event of account.services.watch(ref, { signal })) {
    if (event.type === 'problem') continue
    // The watched service also has events that are older than the first page. These are not printed.
    await print((event.resource.events ?? []).filter(({ createdAt }) => createdAt >= newestAt))
    if (out.stdoutFailure) return
  }
}
