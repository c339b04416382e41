// `npm run package [-- FOLDER]` makes the published packages from the sources, without a network. FOLDER, by default
// `build`, then contains:
//
//   ecs-api  the program: a bundle of its sources and dependencies, the console, and the documentation
//   client   @ecs-api/client as JavaScript with its types
//   *.tgz    both as npm installs them
//   data     an empty folder, for the image (deploy/Dockerfile)
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleProgram } from './bundle-program.ts'
import { thirdPartyNotices } from './third-party-notices.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const buildFolder = resolve(root, process.argv[2] ?? 'build')
const programFolder = join(buildFolder, 'ecs-api')
const clientFolder = join(buildFolder, 'client')

for (const name of ['ecs-api', 'client', 'data']) rmSync(join(buildFolder, name), { recursive: true, force: true })
mkdirSync(join(buildFolder, 'data'), { recursive: true })
await buildProgram()
buildClient()
for (const folder of [programFolder, clientFolder]) {
  const [{ filename, size }] = JSON.parse(run('npm', 'pack', folder, '--pack-destination', buildFolder, '--json'))
  console.log(`${join(buildFolder, filename)} (${(size / 2 ** 20).toFixed(1)} MiB)`)
}

async function buildProgram(): Promise<void> {
  run(process.execPath, 'scripts/build-console.mjs')
  const copy = (from: string, to: string) =>
    cpSync(join(root, from), join(programFolder, to), { recursive: true, filter: isPublished })
  copy('packages/console/dist', 'console')
  copy('docs', 'docs')
  for (const file of ['README.md', 'CHANGELOG.md', 'LICENSE']) copy(file, file)
  copy('packages/cli/bin', 'bin')
  const bundledFiles = await bundleProgram(root, join(programFolder, 'dist'))
  const consoleNotices = readFileSync(join(programFolder, 'console/third-party-notices.md'), 'utf8')
  writeFileSync(
    join(programFolder, 'THIRD-PARTY-NOTICES.md'),
    `${thirdPartyNotices(bundledFiles)}\n# The console\n\n${consoleNotices}`,
  )
  writeJson(join(programFolder, 'build.json'), currentCommit())
  writeJson(join(programFolder, 'package.json'), {
    ...publishedMembers('packages/cli'),
    name: 'ecs-api',
    description: readJson('package.json').description,
    keywords: ['aws', 'ecs', 'fargate', 'rest', 'api', 'cli'],
    bin: { 'ecs-api': 'bin/ecs-api.mjs' },
    engines: { node: '>=24.5' },
  })
}

function buildClient(): void {
  const options = ['--outDir', join(clientFolder, 'dist'), '--rootDir', 'packages/client/src']
  const typeScript = join(root, 'node_modules/typescript/bin/tsc')
  run(process.execPath, typeScript, '-p', 'packages/client/tsconfig.published.json', ...options)
  for (const file of ['packages/client/README.md', 'LICENSE'])
    cpSync(join(root, file), join(clientFolder, file.split('/').at(-1)!))
  const { exports } = readJson('packages/client/package.json') as { exports: Record<string, string> }
  const publishedExports = Object.entries(exports).map(([name, source]) => {
    const file = source.replace('./src/', './dist/').replace(/\.ts$/, '')
    return [name, { types: `${file}.d.ts`, default: `${file}.js` }]
  })
  writeJson(join(clientFolder, 'package.json'), {
    ...publishedMembers('packages/client'),
    sideEffects: false,
    exports: Object.fromEntries(publishedExports),
  })
}

/** Leaves out the decisions, which only developers need, and the hash that the next build of the console compares. */
function isPublished(path: string): boolean {
  return !/docs\/decisions|sources\.hash$/.test(path)
}

function publishedMembers(folder: string) {
  const { name, version, description, license, type } = readJson(join(folder, 'package.json'))
  return { name, version, description, license, type }
}

/** The commit of the checkout and its time, or unknown without git. */
function currentCommit(): { githash: string; buildstamp: string } {
  try {
    const [githash, buildstamp] = run('git', 'log', '-1', '--format=%H %cI').trim().split(' ') as [string, string]
    return { githash, buildstamp }
  } catch {
    return { githash: 'unknown', buildstamp: 'unknown' }
  }
}

function readJson(path: string) {
  return JSON.parse(readFileSync(join(root, path), 'utf8'))
}

function writeJson(path: string, value: unknown): void {
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`)
}

/** @returns what the command printed @throws Error with all that a failed command printed */
function run(command: string, ...args: string[]): string {
  const options = { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' } as const
  const { status, stdout, stderr, error } = spawnSync(command, args, options)
  if (status !== 0) throw error ?? new Error(`${command} ${args.join(' ')} failed:\n${stdout}${stderr}`)
  return stdout
}
