import type { Metrics } from '@ecs-api/client'
import type { CommandInput } from '../command.ts'
import { findServiceOrTask } from '../context/references.ts'
import { printableLine } from '../out/printable.ts'
import type { ResourceView } from '../out/resource-view.ts'
import { tableLines } from '../out/table.ts'

type Series = Metrics['series'][number]

const valuesOf = ({ points }: Series) => points.map(([, value]) => Number(value))
const rounded = (value: number | undefined) => (value === undefined ? undefined : String(Math.round(value * 100) / 100))

const seriesView: ResourceView<Series> = {
  noun: 'metrics',
  name: ({ name }) => name,
  columns: [
    { header: 'METRIC', value: ({ name }) => name, keepPriority: 10, kind: 'name' },
    { header: 'STATISTIC', value: ({ statistic }) => statistic, keepPriority: 8 },
    { header: 'UNIT', value: ({ unit }) => unit, keepPriority: 7 },
    { header: 'NOW', value: (series) => rounded(valuesOf(series).at(-1)), keepPriority: 9, kind: 'count' },
    { header: 'LEAST', value: (series) => rounded(minOf(valuesOf(series))), keepPriority: 5, kind: 'count' },
    { header: 'MOST', value: (series) => rounded(maxOf(valuesOf(series))), keepPriority: 6, kind: 'count' },
    { header: 'COURSE', value: (series) => barChart(valuesOf(series)), keepPriority: 4 },
  ],
}

/** Shows CPU, memory and other metrics of a service or a task: the newest value, the range, and a chart of bars. */
export async function showMetrics(input: CommandInput): Promise<void> {
  const { flags, out, now } = input
  const since = flags.text('since')
  const period = flags.integer('period')
  const query = { ...(since !== undefined && { since }), ...(period !== undefined && { period }) }
  const { service, task } = await findServiceOrTask(input, input.args[0])
  const metrics = service
    ? await service.account.services.metrics(service.ref, query)
    : await task.account.tasks.metrics(task.ref, query)
  const options = { width: out.stdoutWidth, paint: out.paint, now: now(), isWide: out.format === 'wide' }
  await out.valueOrLines(metrics, tableLines(seriesView.columns, metrics.series, options))
  for (const { part, reason } of metrics.unavailable ?? []) out.note(`${part}: ${printableLine(reason)}`, 'yellow')
}

const minOf = (numbers: readonly number[]) => (numbers.length === 0 ? undefined : Math.min(...numbers))
const maxOf = (numbers: readonly number[]) => (numbers.length === 0 ? undefined : Math.max(...numbers))

const bars = '▁▂▃▄▅▆▇█'

/** The last 24 values as bars. The largest of them has the highest bar. */
function barChart(numbers: readonly number[]): string {
  const last = numbers.slice(-24)
  const max = maxOf(last) ?? 0
  return last.map((value) => bars[max === 0 ? 0 : Math.round((value / max) * (bars.length - 1))]).join('')
}
