// Format, lint, types, import rules and unused code. Exits 1 when any check fails.
import { spawnSync } from 'node:child_process'

const checks: [name: string, command: string, ...args: string[]][] = [
  ['format and lint', 'biome', 'check', '--error-on-warnings', '.'],
  ['types', 'tsc', '-p', '.'],
  ['types of the console', 'tsc', '-p', 'packages/console'],
  [
    'boundaries',
    'depcruise',
    '--config',
    '.dependency-cruiser.mjs',
    '--output-type',
    'err',
    'packages',
    'bench',
    'scripts',
    'tests',
  ],
  ['unused', 'knip', '--no-progress', '--no-config-hints'],
]

let failedChecks = 0
for (const [name, command, ...args] of checks) {
  const started = performance.now()
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', shell: process.platform === 'win32' })
  console.log(`${status === 0 ? '✔' : '✖'} ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)`)
  if (status !== 0) {
    failedChecks++
    console.log(stdout, stderr)
  }
}
process.exit(failedChecks === 0 ? 0 : 1)
