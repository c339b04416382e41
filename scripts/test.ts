// `npm test` checks and tests everything; `npm test -- cluster` runs the test files with that in their path, and no checks.
import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'

const wanted = process.argv.slice(2)
const files = globSync(['packages/*/src/**/*.test.ts', 'scripts/*.test.ts', 'bench/*.test.ts']).sort()
const chosen = wanted.length === 0 ? files : files.filter((file) => wanted.some((word) => file.includes(word)))

if (chosen.length === 0) {
  console.error(`No test file has ${wanted.join(' or ')} in its path.`)
  process.exit(1)
}
if (wanted.length === 0 && run(process.execPath, ['scripts/check.ts']) !== 0) process.exit(1)
process.exit(run(process.execPath, ['--test', '--test-timeout=300000', ...chosen]))

function run(command: string, args: string[]): number {
  return spawnSync(command, args, { stdio: 'inherit' }).status ?? 1
}
