/**
 * Opens hostile connections to every port, twice, and checks the processes afterwards: they run and respond, their logs
 * show no fault, all handles are closed, and the second round takes no more memory than the first.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Figures } from './process-figures.ts'
import { seededRandom } from './random.ts'
import { attacks } from './raw-attacks.ts'
import { type Outcome, playSteps } from './raw-connection.ts'
import type { Target, TargetProcess } from './raw-targets.ts'

export interface RawOptions {
  /** The number in each round, over all ports. */
  connections: number
  seed: number
  /** A longer round is a finding. */
  roundMs?: number
  atOnce?: number
}

export interface RawReport {
  findings: string[]
  /** By target: the number of connections by outcome. */
  outcomes: Map<string, Map<Outcome, number>>
  /** By process: before the rounds, after the first, after the second. */
  figures: Map<string, Figures[]>
  seconds: number[]
}

const maxGrowthMiB = 30
/** The longest time that connections and timers of the last attacks may stay. */
const settleMs = 90_000

export async function fuzzRaw(
  processes: readonly TargetProcess[],
  { connections, seed, roundMs = 600_000, atOnce = 64 }: RawOptions,
): Promise<RawReport> {
  const report: RawReport = { findings: [], outcomes: new Map(), figures: new Map(), seconds: [] }
  const targets = processes.flatMap((process) => process.targets)
  // Loads the code that only an upgrade loads, so that it does not count as growth of a round.
  for (const target of targets) await attackSome(target, 100, seed, atOnce, Number.POSITIVE_INFINITY, new Map())
  await pause(500)
  for (const process of processes) report.figures.set(process.name, [await process.figures()])
  for (const round of [1, 2]) {
    const started = performance.now()
    const until = started + roundMs
    for (const target of targets) {
      const counts = report.outcomes.get(target.name) ?? new Map<Outcome, number>()
      report.outcomes.set(target.name, counts)
      const wanted = Math.ceil(connections / targets.length)
      const made = await attackSome(target, wanted, seed, atOnce, until, counts)
      if (made < wanted)
        report.findings.push(
          `${target.name}: round ${round} ended after ${made} of ${wanted} connections, because its time was up`,
        )
    }
    report.seconds.push((performance.now() - started) / 1000)
    for (const process of processes) await check(process, round, report)
  }
  return report
}

/** @returns the number of connections made */
async function attackSome(
  target: Target,
  wanted: number,
  seed: number,
  atOnce: number,
  until: number,
  counts: Map<Outcome, number>,
): Promise<number> {
  const names = Object.keys(attacks)
  let next = 0
  const one = async (): Promise<void> => {
    while (next < wanted && performance.now() < until) {
      const random = seededRandom(seed + next++)
      const steps = attacks[random.pick(names)]!(random, random.pick(target.sound))
      const outcome = await playSteps(target.port, steps, random.pick(['reset', 'end']))
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, one))
  return next
}

async function check(
  { name, running, targets, figures }: TargetProcess,
  round: number,
  { findings, figures: all, outcomes }: RawReport,
): Promise<void> {
  const found = (finding: string) => findings.push(`${name}, round ${round}: ${finding}`)
  if (running.child.exitCode !== null || running.child.signalCode !== null) {
    found(`the process has ended: ${running.output().stderr.slice(-2000)}`)
    return
  }
  for (const target of targets) {
    const status = await target.probe().catch((error: Error) => error.message)
    if (status !== 200) found(`${target.name} responds to a normal request with ${status}`)
    for (const outcome of ['500', 'not HTTP', 'refused'] as const) {
      const times = outcomes.get(target.name)?.get(outcome)
      if (times) found(`${target.name}: ${times} connections ended with ${outcome}`)
    }
  }
  const { stdout, stderr } = running.output()
  if (stderr !== '') found(`on stderr: ${stderr.slice(0, 2000)}`)
  for (const line of stdout
    .split('\n')
    .filter((text) => /"level":"error"|"status":500/.test(text))
    .slice(0, 3))
    found(`in the log: ${line.slice(0, 2000)}`)

  const [first, ...others] = all.get(name)!
  for (const handle of (await figures()).unguarded) found(`no listener of 'error': ${handle}`)
  const now = await settled(figures, first!)
  all.get(name)!.push(now)
  if (now.files > first!.files) found(`${now.files} files are open, before there were ${first!.files}`)
  const kinds = Object.keys(now.resources).filter(
    (kind) => !countsFreely(kind) && now.resources[kind]! > (first!.resources[kind] ?? 0),
  )
  for (const kind of kinds)
    found(`${now.resources[kind]} handles of the kind ${kind}, before there were ${first!.resources[kind] ?? 0}`)
  const before = others[0]
  if (before && now.residentMiB > before.residentMiB + maxGrowthMiB)
    found(`${now.residentMiB.toFixed(0)} MiB resident, ${before.residentMiB.toFixed(0)} MiB after the round before`)
}

/** Timers and immediates come and go in an idle process. */
function countsFreely(kind: string): boolean {
  return kind === 'Timeout' || kind === 'Immediate' || kind.endsWith('Req') || kind.endsWith('ReqWrap')
}

/** Returns the figures once no more is open than before, or the current ones at the deadline. */
async function settled(figures: () => Promise<Figures>, before: Figures): Promise<Figures> {
  const until = performance.now() + settleMs
  for (;;) {
    const now = await figures()
    const isSettled =
      now.files <= before.files &&
      Object.entries(now.resources).every(
        ([kind, count]) => countsFreely(kind) || count <= (before.resources[kind] ?? 0),
      )
    if (isSettled || performance.now() > until) return now
    await pause(500)
  }
}
