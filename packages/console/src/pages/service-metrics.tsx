/** CPU, memory and load of a service as charts. */
import type { Metrics } from '@ecs-api/client'
import { useEffect, useRef, useSyncExternalStore } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { useMetrics } from '../live/queries.ts'
import { settings } from '../live/settings.ts'
import { ExternalText, visible } from '../parts/external-text.tsx'
import { LoadingOrProblem } from '../parts/loading-or-problem.tsx'
import { exactTime } from '../parts/time.tsx'

export default function MetricsTab({ account, cluster, name }: { account: string; cluster: string; name: string }) {
  const metrics = useMetrics(account, cluster, name)
  if (!metrics.data) return <LoadingOrProblem query={metrics} what="the metrics" />
  const names = [...new Set(metrics.data.series.map((series) => series.name))]
  if (metrics.data.series.every(({ points }) => points.length === 0))
    return <p className="panel">There are no values yet: the first ones come some minutes after the first task.</p>
  return (
    <div className="stack">
      {names.map((each) => (
        <Chart key={each} title={each} series={metrics.data.series.filter((series) => series.name === each)} />
      ))}
    </div>
  )
}

const titles: Record<string, string> = {
  cpu: 'CPU',
  memory: 'Memory',
  runningTasks: 'Running tasks',
  requests: 'Requests',
  responseTime: 'Response time',
  http5xx: 'HTTP 5xx',
}
/** @param at seconds since 1970 */
const clock = (at: number) => exactTime(at * 1000, settings.get().zone).slice(11, 16)
/** The labels have minutes, so no two ticks are within one. */
const tickSeconds = [60, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400]
/** A service that is a minute old has one value. */
const minSpanSeconds = 600
const colours = ['--accent', '--waiting', '--ok', '--bad']

const isDark = matchMedia('(prefers-color-scheme: dark)')
/** A chart is drawn with the colours of one theme. */
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

function Chart({ title, series }: { title: string; series: Metrics['series'] }) {
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
      grid: { stroke: colourOf('--line') },
      ticks: { stroke: colourOf('--line') },
    }
    const chart = new uPlot(
      {
        width: current.clientWidth,
        height: 180,
        series: [
          // Without a pointer the legend has the newest values.
          { label: 'Time', value: (_, at) => clock(at ?? times.at(-1)) },
          ...series.map(({ statistic, unit, points }, i) => ({
            label: visible(`${statistic} (${unit})`),
            stroke: colourOf(colours[i % colours.length]!),
            spanGaps: false,
            value: (_: uPlot, value: number | null) => String(value ?? points.at(-1)?.[1] ?? ''),
          })),
        ],
        axes: [{ ...axis, incrs: tickSeconds, values: (_, ticks) => ticks.map(clock) }, axis],
        scales: {
          x: { range: (_, min, max) => [Math.min(min, max - minSpanSeconds), max] },
          y: { range: (_, min, max) => [Math.min(0, min), max > 0 ? max * 1.1 : 1] },
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
  }, [series, theme])
  return (
    <section className="panel stack" aria-label={titles[title] ?? title}>
      <h2>
        <ExternalText text={titles[title] ?? title} />
      </h2>
      <div ref={box} />
    </section>
  )
}
