/** The metrics of a service or a task, one chart for each metric. */
import type { Metrics } from '@ecs-api/client'
import { dayOf } from '@ecs-api/client/words'
import { useEffect, useRef, useSyncExternalStore } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import '../styles/metrics.css'
import { useAddressSearch } from '../live/address-search.ts'
import { useMetrics } from '../live/queries.ts'
import type { ServiceOrTask } from '../live/service-or-task.ts'
import { settings } from '../live/settings.ts'
import { LoadingOrProblem } from '../parts/loading-or-problem.tsx'
import { PrintableText, printable } from '../parts/printable-text.tsx'
import { exactTime } from '../parts/time.tsx'
import { axisSteps } from './axis-steps.ts'

export default function MetricsView({ account, owner }: { account: string; owner: ServiceOrTask }) {
  const { search, changeSearch } = useAddressSearch()
  const period = periods.find(([value]) => value === search.get('period'))?.[0] ?? '3h'
  const metrics = useMetrics(account, owner, period)
  if (!metrics.data) return <LoadingOrProblem query={metrics} subject="the metrics" />
  const names = [...new Set(metrics.data.series.map((series) => series.name))]
  const { unavailable = [] } = metrics.data
  const isEmpty = metrics.data.series.every(({ points }) => points.length === 0)
  return (
    <div className="stack">
      <label className="row">
        Show
        <select value={period} onChange={(event) => changeSearch({ period: event.target.value })}>
          {periods.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </label>
      {unavailable.map(({ part, reason }) => (
        <p key={part} className="panel">
          No <PrintableText text={part} />: <PrintableText text={reason} />
        </p>
      ))}
      {isEmpty && unavailable.length === 0 && (
        <p className="panel">
          There are no values yet: the first ones arrive some minutes after the first task starts.
        </p>
      )}
      {(isEmpty ? [] : names).map((each) => (
        <Chart
          key={each}
          metric={each}
          series={metrics.data.series.filter((series) => series.name === each)}
          since={metrics.data.since}
          until={metrics.data.until}
        />
      ))}
    </div>
  )
}

/** The values of the query parameter `since`. */
const periods = [
  ['1h', 'the last hour'],
  ['3h', 'the last 3 hours'],
  ['12h', 'the last 12 hours'],
  ['1d', 'the last day'],
  ['7d', 'the last 7 days'],
] as const

const number = new Intl.NumberFormat('en', { maximumSignificantDigits: 3, useGrouping: false })
const unitSuffixes: Readonly<Record<string, string>> = { percent: ' %', count: '', seconds: ' s', milliseconds: ' ms' }
const withUnit = (value: number, unit: string) => number.format(value) + (unitSuffixes[unit] ?? ` ${unit}`)

const titles: Record<string, string> = {
  cpu: 'CPU',
  memory: 'Memory',
  runningTasks: 'Running tasks',
  requests: 'Requests',
  responseTime: 'Response time',
  http5xx: 'HTTP 5xx',
}
/** @param at seconds since 1970 */
const timeOfDay = (at: number) => exactTime(at * 1000, settings.get().zone).slice(11, 16)
/** At midnight the day, such as `30 Nov`: a chart can show several days. */
const tickText = (at: number) =>
  timeOfDay(at) === '00:00' ? dayOf(exactTime(at * 1000, settings.get().zone)) : timeOfDay(at)
/** Possible distances of ticks. The labels show minutes, so ticks are at least a minute apart. */
const tickSeconds = [60, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400]
/** A line with fewer values also shows each of them, because a line needs two. */
const maxPoints = 10
const colours = ['--accent', '--waiting', '--ok', '--bad']

const isDark = matchMedia('(prefers-color-scheme: dark)')
/** Returns a text that changes with the theme: a chart must then be drawn again, because its colours are fixed. */
const useTheme = () =>
  useSyncExternalStore(
    (listener) => {
      const unsubscribe = settings.subscribe(listener)
      isDark.addEventListener('change', listener)
      return () => {
        unsubscribe()
        isDark.removeEventListener('change', listener)
      }
    },
    () => `${settings.get().theme} ${isDark.matches}`,
  )

/** The text in place of a chart, which a line of one value does not make. */
function FirstValues({ series }: { series: Metrics['series'] }) {
  const text = series
    .flatMap(({ statistic, unit, points: [point] }) =>
      point ? [`${statistic} ${withUnit(Number(point[1]), unit)}`] : [],
    )
    .join(', ')
  const since = series.find(({ points }) => points.length > 0)?.points[0]?.[0]
  return (
    <p>
      <PrintableText
        text={
          since
            ? `${text.charAt(0).toUpperCase()}${text.slice(1)}. Measured since ${timeOfDay(Date.parse(String(since)) / 1000)}; a line appears after the second value.`
            : 'There are no values yet.'
        }
      />
    </p>
  )
}

function Chart({
  metric,
  series,
  since,
  until,
}: {
  metric: string
  series: Metrics['series']
  /** The time that the chart shows (ISO 8601). */
  since: string
  until: string
}) {
  const box = useRef<HTMLDivElement>(null)
  const theme = useTheme()
  // biome-ignore lint/correctness/useExhaustiveDependencies: another theme has other colours
  useEffect(() => {
    const { current } = box
    if (!current) return
    const style = getComputedStyle(document.documentElement)
    const times = [
      ...new Set(series.flatMap(({ points }) => points.map(([at]) => Date.parse(String(at)) / 1000))),
    ].sort((a, b) => a - b)
    const probe = document.createElement('span')
    current.append(probe)
    const colourOf = (variable: string) => {
      probe.style.color = `var(${variable})`
      return getComputedStyle(probe).color || style.color
    }
    const axis = {
      stroke: colourOf('--muted'),
      grid: { stroke: colourOf('--line'), width: 1 },
      ticks: { stroke: colourOf('--line'), width: 1 },
    }
    const { unit } = series[0]!
    const stepsOf = (min: number, max: number) => axisSteps(min, max, unit === 'count')
    const chart = new uPlot(
      {
        width: current.clientWidth,
        height: 180,
        series: [
          // Without a pointer on the chart, the legend shows the newest values.
          { label: 'Time', value: (_, at) => timeOfDay(at ?? times.at(-1)) },
          ...series.map(({ statistic, unit, points }, i) => ({
            label: printable(statistic),
            stroke: colourOf(colours[i % colours.length]!),
            width: 1.5,
            points: { show: points.length < maxPoints },
            spanGaps: false,
            value: (_: uPlot, value: number | null) => {
              const shown = value ?? points.at(-1)?.[1]
              return shown === undefined ? '' : printable(withUnit(Number(shown), unit))
            },
          })),
        ],
        // A filled mark: an empty one looks like a checkbox.
        legend: { markers: { fill: (_, i) => colourOf(colours[(i - 1) % colours.length]!) } },
        axes: [
          { ...axis, grid: { show: false }, incrs: tickSeconds, values: (_, ticks) => ticks.map(tickText) },
          {
            ...axis,
            size: 64,
            splits: (_, __, min, max) => stepsOf(min, max),
            values: (_, ticks) => ticks.map((tick) => printable(withUnit(tick, unit))),
          },
        ],
        scales: {
          x: { range: () => [Date.parse(since) / 1000, Date.parse(until) / 1000] },
          y: {
            range: (_, min, max) => {
              const steps = stepsOf(min, max)
              return [steps[0]!, steps.at(-1)!]
            },
          },
        },
      },
      [
        times,
        ...series.map(({ points }) => {
          const values = new Map(points.map(([at, value]) => [Date.parse(String(at)) / 1000, Number(value)]))
          return times.map((time) => values.get(time) ?? null)
        }),
      ],
      current,
    )
    probe.remove()
    const observer = new ResizeObserver(() => chart.setSize({ width: current.clientWidth, height: 180 }))
    observer.observe(current)
    return () => {
      observer.disconnect()
      chart.destroy()
    }
  }, [series, since, until, theme])
  return (
    <section className="panel stack" aria-label={titles[metric] ?? metric}>
      <h2>
        <PrintableText text={titles[metric] ?? metric} />
      </h2>
      {series.some(({ points }) => points.length > 1) ? <div ref={box} /> : <FirstValues series={series} />}
    </section>
  )
}
