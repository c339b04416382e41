// Builds the console when its sources have changed since the last build.
// Plain JavaScript: npm may run it under Node 20.
//
//   build-console.mjs            builds, and exits with 1 when the build fails
//   build-console.mjs --install  after `npm ci`: builds in any case; a failed build does not fail the installation
//   build-console.mjs --beside   before `npm start`: returns at once and builds in another process
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const consoleFolder = join(root, 'packages/console')
const hashFile = join(consoleFolder, 'dist/sources.hash')
const mode = process.argv[2]

if (mode === '--install') {
  // An installation without development packages has no vite.
  if (existsSync(join(root, 'node_modules/vite')) && existsSync(join(consoleFolder, 'src'))) build()
} else if (isStale()) {
  if (mode !== '--beside') process.exit(build() ? 0 : 1)
  spawn(process.execPath, [fileURLToPath(import.meta.url)], { detached: true, stdio: 'ignore' }).unref()
}

function isStale() {
  if (!existsSync(join(consoleFolder, 'src'))) return false
  return !existsSync(hashFile) || readFileSync(hashFile, 'utf8') !== sourcesHash()
}

/** The SHA-256 of everything that a build depends on. */
function sourcesHash() {
  const hash = createHash('sha256')
  const addFile = (path) => {
    hash.update(path)
    hash.update(readFileSync(join(root, path)))
  }
  addFile('package-lock.json')
  addFile('packages/console/vite.config.mjs')
  for (const source of ['packages/console/src', 'packages/client/src']) {
    const files = readdirSync(join(root, source), { recursive: true, withFileTypes: true })
    for (const path of files
      .filter((file) => file.isFile())
      .map((file) => join(file.parentPath ?? file.path, file.name))
      .sort())
      addFile(path.slice(root.length))
  }
  return hash.digest('hex')
}

/** @returns whether the build succeeded */
function build() {
  try {
    const args = [
      join(root, 'node_modules/vite/bin/vite.js'),
      'build',
      '--config',
      'vite.config.mjs',
      '--logLevel',
      'error',
    ]
    const { status, stderr } = spawnSync(nodePath(), args, { cwd: consoleFolder, encoding: 'utf8' })
    if (status !== 0) throw new Error(stderr)
    writeFileSync(hashFile, sourcesHash())
    return true
  } catch (error) {
    console.error(`The console could not be built: ${error.message}`)
    return false
  }
}

/** The path of a Node 24: the running one, or that of the package node-PLATFORM-ARCH. */
function nodePath() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  const require = createRequire(import.meta.url)
  const system = process.platform === 'win32' ? 'win' : process.platform
  const packageFolder = dirname(require.resolve(`node-${system}-${process.arch}/package.json`))
  return join(packageFolder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
}
