/**
 * Opens hostile connections to every port, in two rounds, and checks the processes after each round: they run and
 * respond, their logs show no error, all handles are closed, and the second round takes no more memory than the first.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { seededRandom } from './random.ts'
import { attacks } from './raw-attacks.ts'
import { type Outcome, playSteps } from './raw-connection.ts'
import type { Target, TargetProcess } from './raw-targets.ts'
import type { ResourceUsage } from './resource-usage.ts'

export interface RawOptions {
  /** The number of connections in each round, over all ports. */
  connections: number
  seed: number
  /** The longest time of a round. A round that takes longer is a finding. */
  maxRoundMs?: number
  /** The number of connections at a time to one port. */
  concurrency?: number
}

export interface RawReport {
  findings: string[]
  /** By target: the number of connections by outcome. */
  outcomes: Map<string, Map<Outcome, number>>
  /** By process: the usage before the rounds, after the first round, and after the second. */
  usage: Map<string, ResourceUsage[]>
  seconds: number[]
}

const maxGrowthMiB = 30
/** The longest time that connections and timers of the last attacks may stay. */
const settleMs = 90_000

export async function fuzzRaw(
  processes: readonly TargetProcess[],
  { connections, seed, maxRoundMs = 600_000, concurrency = 64 }: RawOptions,
): Promise<RawReport> {
  const report: RawReport = { findings: [], outcomes: new Map(), usage: new Map(), seconds: [] }
  const targets = processes.flatMap((process) => process.targets)
  // These connections load the code that only an upgrade needs, so that it does not count as growth during a round.
  for (const target of targets) await attack(target, { connectionCount: 100, seed, concurrency }, new Map())
  await pause(500)
  for (const process of processes) report.usage.set(process.name, [await process.usage()])
  for (const round of [1, 2]) {
    const started = performance.now()
    const endsAt = started + maxRoundMs
    for (const target of targets) {
      const counts = report.outcomes.get(target.name) ?? new Map<Outcome, number>()
      report.outcomes.set(target.name, counts)
      const connectionCount = Math.ceil(connections / targets.length)
      const made = await attack(target, { connectionCount, seed, concurrency, endsAt }, counts)
      if (made < connectionCount)
        report.findings.push(
          `${target.name}: round ${round} ended after ${made} of ${connectionCount} connections, because its time was up`,
        )
    }
    report.seconds.push((performance.now() - started) / 1000)
    for (const process of processes) await checkProcess(process, round, report)
  }
  return report
}

interface AttackOptions {
  connectionCount: number
  seed: number
  concurrency: number
  /** No connection is made after this time, on the clock of `performance.now()`. */
  endsAt?: number
}

/**
 * Opens hostile connections to a port.
 * @param counts the number of connections by outcome; the outcomes are added here
 * @returns the number of connections made
 */
async function attack(
  target: Target,
  { connectionCount, seed, concurrency, endsAt = Number.POSITIVE_INFINITY }: AttackOptions,
  counts: Map<Outcome, number>,
): Promise<number> {
  const names = Object.keys(attacks)
  let next = 0
  const attackInTurn = async (): Promise<void> => {
    while (next < connectionCount && performance.now() < endsAt) {
      const random = seededRandom(seed + next++)
      const steps = attacks[random.pick(names)]!(random, random.pick(target.validRequests))
      const outcome = await playSteps(target.port, steps, random.pick(['reset', 'end']))
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, attackInTurn))
  return next
}

/** Adds a finding for each thing that is wrong with the process after a round. */
async function checkProcess(
  { name, running, targets, usage }: TargetProcess,
  round: number,
  { findings, usage: usagesByProcess, outcomes }: RawReport,
): Promise<void> {
  const addFinding = (finding: string) => findings.push(`${name}, round ${round}: ${finding}`)
  if (running.child.exitCode !== null || running.child.signalCode !== null) {
    addFinding(`the process has ended: ${running.output().stderr.slice(-2000)}`)
    return
  }
  for (const target of targets) {
    const status = await target.probe().catch((error: Error) => error.message)
    if (status !== 200) addFinding(`${target.name} responds to a normal request with ${status}`)
    for (const outcome of ['500', 'not HTTP', 'refused'] as const) {
      const times = outcomes.get(target.name)?.get(outcome)
      if (times) addFinding(`${target.name}: ${times} connections ended with ${outcome}`)
    }
  }
  const { stdout, stderr } = running.output()
  if (stderr !== '') addFinding(`on stderr: ${stderr.slice(0, 2000)}`)
  for (const line of stdout
    .split('\n')
    .filter((text) => /"level":"error"|"status":500/.test(text))
    .slice(0, 3))
    addFinding(`in the log: ${line.slice(0, 2000)}`)

  const [first, ...afterEarlierRounds] = usagesByProcess.get(name)!
  for (const handle of (await usage()).handlesWithoutErrorListener) addFinding(`no listener of 'error': ${handle}`)
  const now = await usageOnceSettled(usage, first!)
  usagesByProcess.get(name)!.push(now)
  if (now.openFiles > first!.openFiles)
    addFinding(`${now.openFiles} files are open, before there were ${first!.openFiles}`)
  const kinds = Object.keys(now.resources).filter(
    (kind) => !changesWhileIdle(kind) && now.resources[kind]! > (first!.resources[kind] ?? 0),
  )
  for (const kind of kinds)
    addFinding(`${now.resources[kind]} handles of the kind ${kind}, before there were ${first!.resources[kind] ?? 0}`)
  const before = afterEarlierRounds[0]
  if (before && now.residentMiB > before.residentMiB + maxGrowthMiB)
    addFinding(
      `${now.residentMiB.toFixed(0)} MiB resident, ${before.residentMiB.toFixed(0)} MiB after the round before`,
    )
}

/** Whether the number of handles of this kind changes even in an idle process. */
function changesWhileIdle(kind: string): boolean {
  return kind === 'Timeout' || kind === 'Immediate' || kind.endsWith('Req') || kind.endsWith('ReqWrap')
}

/** Returns the usage once there are no more open files and handles than before. At the deadline, it stops waiting. */
async function usageOnceSettled(usage: () => Promise<ResourceUsage>, before: ResourceUsage): Promise<ResourceUsage> {
  const deadline = performance.now() + settleMs
  for (;;) {
    const now = await usage()
    const isSettled =
      now.openFiles <= before.openFiles &&
      Object.entries(now.resources).every(
        ([kind, count]) => changesWhileIdle(kind) || count <= (before.resources[kind] ?? 0),
      )
    if (isSettled || performance.now() > deadline) return now
    await pause(500)
  }
}
