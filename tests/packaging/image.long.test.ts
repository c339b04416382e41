// The image is built without any network, on a base made of this machine's own Node, and runs as an unprivileged user
// on a read-only root.
import assert from 'node:assert/strict'
import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../..', import.meta.url))
const busybox = '/bin/busybox'
const [baseImage, image] = ['localhost/ecs-api-test/base:1', 'localhost/ecs-api-test/ecs-api:1']
const runtime = ['podman', 'docker'].find((name) => spawnSync(name, ['info'], { stdio: 'ignore' }).status === 0)
const skip = !runtime
  ? 'neither podman nor docker is available'
  : existsSync(busybox)
    ? false
    : 'busybox (busybox-static) is not installed'

// Without this option Podman would store the layers of each stage.
const buildArgs = ['build', '--network=none', ...(runtime === 'podman' ? ['--layers=false'] : [])]

const run = async (...args: string[]) =>
  (await promisify(execFile)(runtime!, args, { maxBuffer: 2 ** 26 })).stdout.trim()

function newFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'ecs-api-image-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Builds a base of Node, its shared libraries, and a shell. */
async function buildBase(t: TestContext): Promise<void> {
  const folder = newFolder(t)
  const { sharedObjects } = process.report.getReport() as { sharedObjects: string[] }
  for (const library of sharedObjects.filter((path) => path.startsWith('/') && path.includes('.so')))
    copy(library, join(folder, library))
  copy(process.execPath, join(folder, 'usr/local/bin/node'))
  copy(busybox, join(folder, 'bin/busybox'))
  mkdirSync(join(folder, 'tmp'), { mode: 0o1777 })
  writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY . /\nRUN ["/bin/busybox", "--install", "-s", "/bin"]\n')
  await run(...buildArgs, '-t', baseImage, folder)
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true })
  copyFileSync(from, to)
}

test('the image is built offline, and starts as an unprivileged user on a read-only root', {
  skip,
  timeout: 280_000,
}, async (t) => {
  let container: string | undefined
  t.after(async () => {
    if (container) await run('rm', '-f', '-v', container)
    await run('rmi', '-f', image, baseImage)
  })
  const buildContext = newFolder(t)
  execFileSync(process.execPath, [join(root, 'scripts', 'build-packages.ts'), join(buildContext, 'build')])
  await buildBase(t)
  const dockerfile = join(root, 'deploy', 'Dockerfile')
  await run(...buildArgs, '-f', dockerfile, '--build-arg', `BASE=${baseImage}`, '-t', image, buildContext)

  const args = [
    '--read-only',
    '--cap-drop=ALL',
    '--security-opt=no-new-privileges',
    '-p',
    '127.0.0.1::8000',
    '-e',
    'ECS_API_ACCOUNTS_LOCAL_MODE=local',
  ]
  const simulated = ['-e', 'ECS_API_ACCOUNTS_LOCAL_RUNTIME=simulated', '-e', 'ECS_API_TOKEN=token-of-the-image-test']
  const id = await run('run', '-d', ...args, ...simulated, image)
  container = id
  const url = `http://${(await run('port', id, '8000')).split('\n')[0]}`
  await untilReady(url, id)

  assert.match(await (await fetch(url)).text(), /<div id="root"><\/div>/, 'the image carries the console')
  const headers = { authorization: 'Bearer token-of-the-image-test', 'content-type': 'application/json' }
  const created = await fetch(`${url}/v1/ecs/local/clusters`, { method: 'POST', headers, body: '{"name": "web"}' })
  assert.equal(created.status, 201)
  const { githash } = (await (await fetch(`${url}/v1/ecs/version`)).json()) as { githash: string }
  assert.equal(githash, execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim())
  assert.match(await run('exec', id, 'id'), /^uid=10001\S* gid=10001/)
  await assert.rejects(run('exec', id, 'touch', '/app/x'), /[Rr]ead-only file system/)
  const filesInImage = await run(
    'exec',
    id,
    'sh',
    '-c',
    'ls /app /data; find /app -name "*.ts" -o -name testing -o -name node_modules -o -name .git',
  )
  assert.doesNotMatch(filesInImage, /\.ts$|testing|node_modules|\.git/m)
  await run('stop', '-t', '20', id)
  assert.equal(await run('inspect', '-f', '{{.State.ExitCode}}', id), '0')
  assert.match(await run('logs', id), /"msg":"stopping"/)
})

/** Resolves once the container responds; throws if it ends. */
async function untilReady(url: string, id: string): Promise<void> {
  for (;;) {
    const response = await fetch(`${url}/readyz`).catch(() => undefined)
    if (response?.status === 200) return
    if ((await run('inspect', '-f', '{{.State.Running}}', id)) !== 'true') throw new Error(await run('logs', id))
    await sleep(100)
  }
}
