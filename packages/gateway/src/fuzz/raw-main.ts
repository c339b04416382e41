/**
 * `npm run fuzz -- --raw [--connections N] [--seed N]`: opens hostile connections to every port; the exit code is 1 on
 * any finding.
 */

import { fuzzRaw, type RawReport } from './raw-run.ts'
import { startTargets } from './raw-targets.ts'

export async function fuzzRawFor(options: { connections: number; seed: number }): Promise<number> {
  console.log(`2 × ${options.connections} connections, seed ${options.seed}`)
  const { processes, close } = await startTargets()
  const report = await fuzzRaw(processes, options)
  await close()
  print(report)
  return report.findings.length > 0 ? 1 : 0
}

function print({ outcomes, usage, seconds, findings }: RawReport): void {
  console.log(`Rounds: ${seconds.map((each) => `${each.toFixed(1)} s`).join(', ')}`)
  for (const [target, counts] of outcomes) {
    const sorted = [...counts].sort(([a], [b]) => a.localeCompare(b)).map(([outcome, count]) => `${outcome}: ${count}`)
    console.log(`${target}: ${sorted.join(', ')}`)
  }
  for (const [process, rounds] of usage) {
    const summaries = rounds.map(({ residentMiB, heapMiB, openFiles, resources }) => {
      const handles = Object.entries(resources).map(([kind, count]) => `${kind} ${count}`)
      return `${residentMiB.toFixed(1)} MiB (heap ${heapMiB.toFixed(1)}), ${openFiles} files, ${handles.join(' ')}`
    })
    console.log(`${process}: before ${summaries.join('; after a round ')}`)
  }
  for (const finding of findings) console.log(`✖ ${finding}`)
}
