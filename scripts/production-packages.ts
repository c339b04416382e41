// `node scripts/production-packages.ts FOLDER` copies the packages that the program needs in production from
// node_modules. It needs no network, so that an image can be built without one (deploy/Dockerfile).
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const [folder] = process.argv.slice(2)
if (!folder) {
  console.error('Name the folder to copy to: node scripts/production-packages.ts FOLDER')
  process.exit(1)
}
const npmArgs = ['ls', '--all', '--parseable', '--omit=dev', '--omit=optional']
const { status, stdout, stderr } = spawnSync('npm', npmArgs, {
  cwd: root,
  encoding: 'utf8',
  shell: process.platform === 'win32',
})
if (status !== 0) {
  console.error(`node_modules does not match package-lock.json (npm ls). Run npm ci first.\n${stderr}`)
  process.exit(1)
}
const packageFolders = stdout.split('\n').filter((path) => path.includes(`${sep}node_modules${sep}`))
for (const path of packageFolders) {
  const target = join(resolve(folder), relative(root, path))
  mkdirSync(dirname(target), { recursive: true })
  // The links to the workspace's own packages are copied as links. npm ls lists needed nested packages separately.
  const nested = join(path, 'node_modules')
  cpSync(path, target, { recursive: true, verbatimSymlinks: true, filter: (source) => source !== nested })
}
console.log(`${packageFolders.length} packages are in ${folder}`)
