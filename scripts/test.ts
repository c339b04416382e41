/**
 * `npm test` runs all checks and the tests; `npm run test:long` the tests that take long (`*.long.test.ts`: containers,
 * crashes, killed databases, fuzzing). With words (`npm test -- cluster`) only the test files of either kind with one
 * of them in their path, and no checks.
 */
import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'

const [wantsLong, words] = process.argv[2] === '--long' ? [true, process.argv.slice(3)] : [false, process.argv.slice(2)]
const files = globSync(['packages/*/src/**/*.test.ts', 'scripts/*.test.ts', 'bench/*.test.ts']).sort()
const chosen =
  words.length > 0
    ? files.filter((file) => words.some((word) => file.includes(word)))
    : files.filter((file) => isLong(file) === wantsLong)

if (chosen.length === 0) {
  console.error(`No test file has ${words.join(' or ')} in its path.`)
  process.exit(1)
}
// Here and not in the files that need it: two of them at once would overwrite each other's build.
if (run(process.execPath, ['scripts/build-console.mjs']) !== 0) process.exit(1)
if (words.length === 0 && !wantsLong && run(process.execPath, ['scripts/check.ts']) !== 0) process.exit(1)
process.exit(
  run(process.execPath, [
    '--test',
    '--test-timeout=300000',
    // Node's own choice is one less: on two cores the files would run one after another.
    `--test-concurrency=${availableParallelism()}`,
    ...reporter('spec'),
    ...reporter('./scripts/slowest-files.ts'),
    ...chosen,
  ]),
)

function isLong(file: string): boolean {
  return file.endsWith('.long.test.ts')
}

function reporter(name: string): string[] {
  return [`--test-reporter=${name}`, '--test-reporter-destination=stdout']
}

function run(command: string, args: string[]): number {
  // Each test file is a process of its own: without the cache each compiles the same modules again.
  const env = { ...process.env, NODE_COMPILE_CACHE: resolve('node_modules/.cache/tests') }
  return spawnSync(command, args, { stdio: 'inherit', env }).status ?? 1
}
