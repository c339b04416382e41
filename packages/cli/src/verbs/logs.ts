import type { AccountClient, LogLine, LogPage } from '@ecs-api/client'
import { hasRun } from '@ecs-api/client/words'
import type { CommandInput } from '../command.ts'
import { findServiceOrTask, type ResolvedServiceRef } from '../context/references.ts'
import { CliError, exitCode, UsageError } from '../errors.ts'
import { flagOrArgument } from '../flag-or-argument.ts'
import { type Flags, secondsOfDuration } from '../flags.ts'
import type { Out } from '../out/out.ts'
import { printableLine } from '../out/printable.ts'

/** The gateway's maximum for a page. */
const maxLines = 10_000

/** Prints log lines of a service or a task: the newest, those since a time, or each line as it arrives. */
export async function logs(input: CommandInput): Promise<void> {
  const { flags, out, signal } = input
  const { service, task } = await findServiceOrTask(input, input.args[0])
  const filter: {
    task?: string
    since?: string
    until?: string
    grep?: string
    container?: string
    ignoreCase?: true
  } = {}
  for (const name of ['since', 'until', 'grep', 'container'] as const) {
    const value = name === 'container' ? flagOrArgument(flags, name, input.args[1]) : flags.text(name)
    if (value !== undefined) filter[name] = value
  }
  if (flags.isSet('ignore-case')) filter.ignoreCase = true
  if (flags.isSet('previous')) {
    if (!service)
      throw new UsageError('--previous is for a service: it selects the task of the service that stopped last.')
    filter.task = await lastStoppedTaskId(service)
  }
  const isRaw = flags.isSet('raw') && out.isForPeople
  const print = async (line: LogLine) => (isRaw ? out.line(line.message) : out.event(line, lineText(line, input)))
  const lineCount = lineCountOf(flags)
  if (flags.isSet('follow')) {
    const query = { ...filter, ...(lineCount !== undefined && { limit: lineCount }), follow: true as const, signal }
    const stream = service
      ? service.account.services.logs(service.ref, query)
      : task.account.tasks.logs(task.ref, query)
    for await (const event of stream) {
      if (event.type === 'problem') out.note(`${event.code}: ${printableLine(event.detail)}`, 'yellow')
      if (event.type === 'deleted') return out.note('The service was deleted.')
      if (event.type !== 'lines') continue
      noteMissing(event, out)
      for (const line of event.items) await print(line)
      if (out.stdoutFailure) return
    }
    return
  }
  // With --since, the gateway's pages go from old to new; without, the first page has the newest lines.
  const printsAllPages = filter.since !== undefined && lineCount === undefined
  const sinceMs = lineCount === undefined ? undefined : sinceMsOf(filter.since, input.now())
  if (sinceMs !== undefined) delete filter.since
  const limit = lineCount ?? (printsAllPages ? 1000 : 100)
  const readPage = (cursor?: string) => {
    const query = { ...filter, limit, signal, cursor }
    return service
      ? service.account.services.logs(service.ref, query).page()
      : task.account.tasks.logs(task.ref, query).page()
  }
  let page = await readPage()
  noteMissing(page, out)
  const unavailable = page.unavailable ?? []
  const items: LogLine[] = []
  const printsOneDocument = !out.isForPeople && out.format !== 'jsonl'
  const printOrCollect = async (lines: readonly LogLine[]) => {
    if (printsOneDocument) items.push(...lines)
    else for (const line of lines) await print(line)
  }
  if (sinceMs !== undefined) page = { ...page, items: page.items.filter(({ time }) => Date.parse(time) >= sinceMs) }
  let lineTotal = page.items.length
  await printOrCollect(page.items)
  while (printsAllPages && page.nextCursor !== null && !out.stdoutFailure) {
    page = await readPage(page.nextCursor)
    lineTotal += page.items.length
    await printOrCollect(page.items)
  }
  if (printsOneDocument)
    await out.valueOrLines({ items, nextCursor: page.nextCursor, ...(unavailable.length > 0 && { unavailable }) }, [])
  if (lineTotal > 0 || unavailable.length > 0) return
  const isFiltered = ['since', 'until', 'grep'].some((name) => flags.text(name) !== undefined)
  const lines = await whyEmpty(
    service ? { ...service, task: filter.task, isFiltered } : { ...task, task: task.ref.id, isFiltered },
  )
  for (const line of lines) out.note(line)
}

/** Notes the logs that were not read, or not completely. */
function noteMissing(
  { elsewhere = [], unavailable = [], incomplete }: Partial<Pick<LogPage, 'elsewhere' | 'unavailable' | 'incomplete'>>,
  out: Out,
): void {
  for (const { detail } of elsewhere) out.note(printableLine(detail), 'yellow')
  for (const { part, reason } of unavailable) out.note(printableLine(`${part}: ${reason}`), 'yellow')
  if (incomplete) out.note('More than 100 log streams match; only the newest are shown.', 'yellow')
}

interface EmptyLog {
  account: AccountClient
  /** The service or the task. */
  ref: { cluster: string; name?: string }
  /** The id of the task whose lines were requested; undefined for all tasks of a service. */
  task: string | undefined
  /** Whether lines were requested by time or text, so that there may be others. */
  isFiltered: boolean
}

/** Says why there are no lines: a task that never started has none, and of a simulated container only `echo` prints. */
async function whyEmpty({ account, ref: { cluster, name }, task: id, isFiltered }: EmptyLog): Promise<string[]> {
  const findTask = async () => {
    if (id !== undefined) return account.tasks.get({ cluster, id })
    return (await account.tasks.page({ cluster, service: name, status: 'ALL', limit: 1 })).items[0]
  }
  const task = await findTask().catch(() => undefined)
  if (id === undefined || task?.lastStatus !== 'STOPPED' || hasRun(task)) {
    if (isFiltered) return ['There are no such lines.']
    const isSimulated = task?.runtime === 'simulated'
    return [
      isSimulated
        ? 'There are no lines: of a simulated command, only `echo` prints. How to get real containers: ecs-api doctor'
        : 'There are no lines yet.',
    ]
  }
  const reason = task.stoppedReason === undefined ? '' : `: ${printableLine(task.stoppedReason)}`
  return [
    `The task ${task.id.slice(0, 8)} has no lines, because it never started${reason}`,
    `Why: ecs-api why ${cluster}/${task.id.slice(0, 12)}`,
  ]
}

/** The time of `--since` in milliseconds since 1970; undefined for one that only the gateway can reject. */
function sinceMsOf(since: string | undefined, now: number): number | undefined {
  if (since === undefined) return undefined
  const seconds = secondsOfDuration(since)
  const ms = seconds === undefined ? Date.parse(since) : now - seconds * 1000
  return Number.isNaN(ms) ? undefined : ms
}

/** The value of `--lines`. @throws UsageError with both --follow and --since, and for a number out of range */
function lineCountOf(flags: Flags): number | undefined {
  const count = flags.integer('lines')
  if (count === undefined) return undefined
  if (flags.isSet('follow') && flags.text('since') !== undefined)
    throw new UsageError('With --follow, give either --lines or --since: both say where to begin.')
  if (count < 1 || count > maxLines)
    throw new UsageError(`--lines must be from 1 to ${maxLines}. For more, give --since without --lines.`)
  return count
}

function lineText({ time, task, container, message }: LogLine, { out }: CommandInput): string {
  return `${out.paint('dim', `${time} ${task.slice(0, 8)} ${container}`)}  ${printableLine(message)}`
}

/** The id of the service's task that stopped last. */
async function lastStoppedTaskId({ account, ref }: ResolvedServiceRef): Promise<string> {
  const { items } = await account.tasks.page({
    cluster: ref.cluster,
    service: ref.name,
    status: 'STOPPED',
    limit: 1000,
  })
  const [last] = items.toSorted((a, b) => (b.stoppedAt ?? '').localeCompare(a.stoppedAt ?? ''))
  if (last) return last.id
  throw new CliError(
    exitCode.notFound,
    `No stopped task of ${ref.cluster}/${ref.name} is known.`,
    'ECS lists a stopped task for about an hour.',
  )
}
