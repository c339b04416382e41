/**
 * The command line of the container runtime (docker, podman), as a comparison for the engine. All containers created
 * here have the same label, and are removed by that label.
 */
import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'

export interface ContainerCli {
  /** The name of an image with a statically linked busybox, which `openContainerCli` has built. */
  image: string
  /** Milliseconds from a `run` of the script to its first line of output. */
  firstLineMs(script: string): Promise<number>
  /**
   * Milliseconds until `xargs -P 8` with `run -d` has started `count` containers with the script.
   * `withNetworkHolder`: for each one, a second container is started before, and holds its network.
   */
  startManyMs(script: string, count: number, options?: { withNetworkHolder: boolean }): Promise<number>
  /** How many lines of the script `logs -f` shows, and how many a second. */
  followLogs(script: string): Promise<{ lines: number; linesPerSecond: number }>
  /** The id of the engine that created a task's containers, which a label of the containers has. */
  engineIdOf(taskId: string): Promise<string>
  /** Removes all containers, volumes and networks of that engine. */
  removeEngine(engine: string): Promise<void>
  /** Removes the containers, the image and the network that were created here. */
  close(): Promise<void>
}

const busybox = '/bin/busybox'
const applets = ['sh', 'sleep', 'seq', 'sed']
const startsAtOnce = 8
const run = promisify(execFile)

/** @throws Error where the command line, or the busybox for the image, is missing */
export async function openContainerCli(program: string): Promise<ContainerCli> {
  if (!existsSync(busybox)) throw new Error(`${busybox} (busybox-static) is not installed: the image is made from it`)
  const name = `ecs-api-bench-${randomBytes(4).toString('hex')}`
  const label = `ecs-api.bench=${name}`
  const image = `localhost/${name}/busybox:1`
  const runFlags = ['--network', name, '--label', label]
  const cli = async (...words: string[]) => (await run(program, words)).stdout.trim()
  let containerCount = 0

  const close = async () => {
    await removeLabelled(label)
    await cli('rmi', '-f', image)
    await cli('network', 'rm', name)
  }

  /** @param labelAndValue the label with its value */
  async function removeLabelled(labelAndValue: string): Promise<void> {
    const findContainers = async () =>
      (await cli('ps', '-aq', '--filter', `label=${labelAndValue}`)).split('\n').filter(Boolean)
    for (let remaining = await findContainers(); remaining.length > 0; ) {
      const failure = await cli('rm', '-f', '-v', ...remaining).then(
        () => undefined,
        (error: unknown) => error,
      )
      const countBefore = remaining.length
      remaining = await findContainers()
      // A container whose network others share is removed after them, in the next round.
      if (failure && remaining.length === countBefore) throw failure
    }
  }

  async function startManyMs(script: string, count: number, { withNetworkHolder = false } = {}): Promise<number> {
    const runOne = `${program} run -d ${runFlags.join(' ')} --name ${name}-{} ${image} sh -c '${script}'`
    const runNetworkHolder = `${program} run -d ${runFlags.join(' ')} --name ${name}-{}-net ${image} sleep 86400`
    const runInNetwork = `${program} run -d --network container:${name}-{}-net --label ${label} --name ${name}-{} ${image} sh -c '${script}'`
    const started = performance.now()
    const child = spawn(
      'xargs',
      [
        '-P',
        String(startsAtOnce),
        '-I{}',
        'sh',
        '-c',
        withNetworkHolder ? `${runNetworkHolder} && ${runInNetwork}` : runOne,
      ],
      {
        stdio: ['pipe', 'ignore', 'inherit'],
      },
    )
    child.stdin.end(Array.from({ length: count }, () => `${containerCount++}\n`).join(''))
    const [code] = await once(child, 'exit')
    const ms = performance.now() - started
    if (code !== 0) throw new Error(`xargs ${program} run ended with ${code}`)
    await removeLabelled(label)
    return ms
  }

  await cli('network', 'create', name)
  try {
    await makeImage(program, image)
  } catch (error) {
    await cli('network', 'rm', name)
    throw error
  }
  return {
    image,
    startManyMs,
    close,

    async firstLineMs(script) {
      const started = performance.now()
      const child = spawn(
        program,
        ['run', ...runFlags, '--name', `${name}-${containerCount++}`, image, 'sh', '-c', script],
        {
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      )
      const exit = once(child, 'exit')
      const line = await Promise.race([
        once(createInterface({ input: child.stdout }), 'line'),
        exit.then(() => undefined),
      ])
      const ms = performance.now() - started
      if (!line) throw new Error(`${program} run ended without a line`)
      await removeLabelled(label)
      await exit
      return ms
    },

    async followLogs(script) {
      const writer = `${name}-${containerCount++}`
      await cli('run', '-d', ...runFlags, '--name', writer, image, 'sh', '-c', script)
      const child = spawn(program, ['logs', '-f', writer], { stdio: ['ignore', 'pipe', 'inherit'] })
      let [lines, first, last] = [0, 0, 0]
      child.stdout.on('data', (bytes: Buffer) => {
        last = performance.now()
        first ||= last
        for (const byte of bytes) if (byte === 10) lines++
      })
      await once(child, 'close')
      await removeLabelled(label)
      return { lines, linesPerSecond: lines / ((last - first) / 1000) }
    },

    async engineIdOf(taskId) {
      const [id = ''] = (await cli('ps', '-aq', '--filter', `label=ecs-api.task=${taskId}`)).split('\n')
      return cli('inspect', '--format', '{{index .Config.Labels "ecs-api.engine"}}', id)
    },

    async removeEngine(engine) {
      const labelAndValue = `ecs-api.engine=${engine}`
      await removeLabelled(labelAndValue)
      for (const kind of ['volume', 'network']) {
        const remaining = (await cli(kind, 'ls', '-q', '--filter', `label=${labelAndValue}`))
          .split('\n')
          .filter(Boolean)
        if (remaining.length > 0) await cli(kind, 'rm', ...remaining)
      }
    },
  }
}

async function makeImage(program: string, image: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ecs-api-bench-'))
  try {
    mkdirSync(join(folder, 'bin'))
    copyFileSync(busybox, join(folder, 'bin', 'busybox'))
    for (const applet of applets) symlinkSync('busybox', join(folder, 'bin', applet))
    const archive = join(folder, 'image.tar')
    await run('tar', ['-cf', archive, '-C', folder, 'bin'])
    await run(program, ['import', '-c', 'ENV PATH=/bin', archive, image])
  } finally {
    rmSync(folder, { recursive: true })
  }
}
