/**
 * `npm test` runs all checks and the tests. `npm run test:long` runs the slow tests (`*.long.test.ts`: containers,
 * crashes, killed databases, fuzzing). With words (`npm test -- cluster`) both commands run every test file, slow ones
 * too, that has one of the words in its path, and no checks.
 */
import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'

const [runsLongTests, words] =
  process.argv[2] === '--long' ? [true, process.argv.slice(3)] : [false, process.argv.slice(2)]
const files = globSync(['packages/*/src/**/*.test.ts', 'tests/**/*.test.ts', '{bench,scripts}/*.test.ts']).sort()
const chosenFiles =
  words.length > 0
    ? files.filter((file) => words.some((word) => file.includes(word)))
    : files.filter((file) => isLong(file) === runsLongTests)

if (chosenFiles.length === 0) {
  console.error(`No test file has ${words.join(' or ')} in its path.`)
  process.exit(1)
}
// The console is built here once: two test files that build at the same time would overwrite each other's files.
if (run(process.execPath, ['scripts/build-console.mjs']) !== 0) process.exit(1)
if (words.length === 0 && !runsLongTests && run(process.execPath, ['scripts/check.ts']) !== 0) process.exit(1)
process.exit(
  run(process.execPath, [
    '--test',
    '--test-timeout=300000',
    // Node's default is one process fewer than cores: on two cores, it would run one file at a time.
    `--test-concurrency=${availableParallelism()}`,
    ...reporterArgs('spec'),
    ...reporterArgs('./scripts/slowest-files.ts'),
    ...chosenFiles,
  ]),
)

function isLong(file: string): boolean {
  return file.endsWith('.long.test.ts')
}

function reporterArgs(name: string): string[] {
  return [`--test-reporter=${name}`, '--test-reporter-destination=stdout']
}

function run(command: string, args: string[]): number {
  // Each test file runs in its own process: without this cache, each compiles the same modules again.
  const env = { ...process.env, NODE_COMPILE_CACHE: resolve('node_modules/.cache/tests') }
  return spawnSync(command, args, { stdio: 'inherit', env }).status ?? 1
}
