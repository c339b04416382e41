/**
 * The container runtime's own command line, with which the engine is compared. All containers made here have one label,
 * by which they are removed.
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
  /** An image with a statically linked busybox, built here. */
  image: string
  /** Milliseconds from a `run` of the script to its first line. */
  firstLineMs(script: string): Promise<number>
  /**
   * Milliseconds until `count` containers with the script have started, by `xargs -P 8` and `run -d`. With `pairs`,
   * each starts in the network of another container.
   */
  startManyMs(script: string, count: number, pairs?: 'pairs'): Promise<number>
  /** The number of the script's lines that `logs -f` shows, and lines a second. */
  followed(script: string): Promise<{ lines: number; linesPerSecond: number }>
  /** The id of the engine that made a task's containers, from their label. */
  engineOf(taskId: string): Promise<string>
  /** Removes all containers, volumes and networks of that engine. */
  removeEngine(engine: string): Promise<void>
  /** Removes everything that was made here. */
  close(): Promise<void>
}

const busybox = '/bin/busybox'
const applets = ['sh', 'sleep', 'seq', 'sed']
const atATime = 8
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
    const labelled = async () =>
      (await cli('ps', '-aq', '--filter', `label=${labelAndValue}`)).split('\n').filter(Boolean)
    for (let left = await labelled(); left.length > 0; ) {
      const failure = await cli('rm', '-f', '-v', ...left).then(
        () => undefined,
        (error: unknown) => error,
      )
      const before = left.length
      left = await labelled()
      // A container whose network others share is removed after them, in the next round.
      if (failure && left.length === before) throw failure
    }
  }

  async function startManyMs(script: string, count: number, pairs?: 'pairs'): Promise<number> {
    const one = `${program} run -d ${runFlags.join(' ')} --name ${name}-{} ${image} sh -c '${script}'`
    const holder = `${program} run -d ${runFlags.join(' ')} --name ${name}-{}-net ${image} sleep 86400`
    const inside = `${program} run -d --network container:${name}-{}-net --label ${label} --name ${name}-{} ${image} sh -c '${script}'`
    const started = performance.now()
    const child = spawn('xargs', ['-P', String(atATime), '-I{}', 'sh', '-c', pairs ? `${holder} && ${inside}` : one], {
      stdio: ['pipe', 'ignore', 'inherit'],
    })
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

    async followed(script) {
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

    async engineOf(taskId) {
      const [id = ''] = (await cli('ps', '-aq', '--filter', `label=ecs-api.task=${taskId}`)).split('\n')
      return cli('inspect', '--format', '{{index .Config.Labels "ecs-api.engine"}}', id)
    },

    async removeEngine(engine) {
      const labelAndValue = `ecs-api.engine=${engine}`
      await removeLabelled(labelAndValue)
      for (const kind of ['volume', 'network']) {
        const left = (await cli(kind, 'ls', '-q', '--filter', `label=${labelAndValue}`)).split('\n').filter(Boolean)
        if (left.length > 0) await cli(kind, 'rm', ...left)
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
