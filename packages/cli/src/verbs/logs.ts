import type { AccountClient, LogLine } from '@ecs-api/client'
import type { Input } from '../command.ts'
import { findServiceOrTask, type ServiceRefFound } from '../context/references.ts'
import { CliError, UsageError } from '../errors.ts'
import { printable } from '../out/printable.ts'

const pageLines = 1000

/** Lines of a service or a task: the newest, those since a time, or as they arrive. */
export async function logs(input: Input): Promise<void> {
  const { flags, out, signal } = input
  const { service, task } = await findServiceOrTask(input, input.args[0])
  const filter: Record<string, string> = {}
  for (const name of ['since', 'until', 'grep', 'container'] as const) {
    const value = flags.text(name)
    if (value !== undefined) filter[name] = value
  }
  if (flags.isSet('previous')) {
    if (!service) throw new UsageError('--previous is for a service: it picks its last stopped task.')
    filter.task = await lastStopped(service)
  }
  const isRaw = flags.isSet('raw') && out.isForPeople
  const print = async (line: LogLine) => (isRaw ? out.line(line.message) : out.event(line, lineText(line, input)))
  const wanted = flags.integer('lines')
  if (flags.isSet('follow')) {
    const query = { ...filter, follow: true as const, signal }
    const stream = service
      ? service.account.services.logs(service.ref, query)
      : task.account.tasks.logs(task.ref, query)
    for await (const event of stream) {
      if (event.type === 'problem') out.note(`${event.code}: ${printable(event.detail)}`, 'yellow')
      if (event.type === 'deleted') return out.note('The service was deleted.')
      if (event.type !== 'lines') continue
      for (const { detail } of event.elsewhere ?? []) out.note(printable(detail), 'yellow')
      for (const line of event.items) await print(line)
    }
    return
  }
  const hasSince = filter.since !== undefined
  const query = { ...filter, limit: Math.min(wanted ?? (hasSince ? pageLines : 100), 10_000), signal }
  const pages = service ? service.account.services.logs(service.ref, query) : task.account.tasks.logs(task.ref, query)
  const page = await pages.page()
  for (const { detail } of page.elsewhere) out.note(printable(detail), 'yellow')
  if (page.incomplete) out.note('More than 100 log streams match; the newest were read.', 'yellow')
  const isWhole = !hasSince || wanted !== undefined
  const isDocument = !out.isForPeople && out.format !== 'jsonl'
  let count = 0
  if (isDocument) {
    const items = isWhole ? page.items : await Array.fromAsync(pages)
    await out.value({ items, nextCursor: isWhole ? page.nextCursor : null }, [])
    count = items.length
  }
  // From `since` on, the next page is newer.
  else
    for await (const line of isWhole ? page.items : pages) {
      await print(line)
      count++
    }
  if (count === 0)
    for (const line of await whyEmpty(service ? { ...service, task: filter.task } : { ...task, task: task.ref.id }))
      out.note(line)
}

/** A task that never started has no lines, and no log stream. */
async function whyEmpty({
  account,
  ref: { cluster },
  task: id,
}: {
  account: AccountClient
  ref: { cluster: string }
  task: string | undefined
}): Promise<string[]> {
  const task = id === undefined ? undefined : await account.tasks.get({ cluster, id }).catch(() => undefined)
  if (task?.lastStatus !== 'STOPPED' || task.startedAt !== undefined) return ['There are no such lines.']
  const reason = task.stoppedReason === undefined ? '' : `: ${printable(task.stoppedReason)}`
  return [
    `The task ${task.id.slice(0, 8)} has no lines, since it never started${reason}`,
    `Why: ecs-api why ${cluster}/${task.id.slice(0, 12)}`,
  ]
}

function lineText({ time, task, container, message }: LogLine, { out }: Input): string {
  const text = out.stdoutIsTerminal ? printable(message) : message
  return `${out.paint('dim', `${time} ${task.slice(0, 8)} ${container}`)}  ${text}`
}

async function lastStopped({ account, ref }: ServiceRefFound): Promise<string> {
  const { items } = await account.tasks.page({
    cluster: ref.cluster,
    service: ref.name,
    status: 'STOPPED',
    limit: 1000,
  })
  const [last] = items.toSorted((a, b) => (b.stoppedAt ?? '').localeCompare(a.stoppedAt ?? ''))
  if (last) return last.id
  throw new CliError(5, `No stopped task of ${ref.cluster}/${ref.name} is known.`, 'ECS lists one for about an hour.')
}
