/**
 * Real containers for tests: only where a runtime responds, from an image that is built here, and removed without
 * remains.
 */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { ContainerDefinition, Task } from '@aws-sdk/client-ecs'
import type { LocalAwsOptions } from '../options.ts'
import { engineLabels, ifFound } from '../runtimes/docker/docker-api.ts'
import { type FoundRuntime, findRuntime } from '../runtimes/docker/find-runtime.ts'
import { createTar } from '../runtimes/docker/tar.ts'
import { assertNothingIsLeft, networkRangeOf } from './leftovers.ts'
import { openTestEngine } from './test-engine.ts'

/** A statically linked busybox; its shell is `sh`, its web server `httpd`. */
export const testImage = 'localhost/ecs-api-test/busybox:1'
export const busyboxPath = '/bin/busybox'

const found = await findRuntime('auto')
/** For a test's `skip`: the reason why it cannot run here, or false. */
export const noContainers = !found
  ? 'no container runtime responds'
  : existsSync(busyboxPath)
    ? false
    : 'busybox (busybox-static) is not installed'

/** The container runtime for tests. */
export function getContainerRuntime(): FoundRuntime {
  assert.ok(found, 'a test of containers must be skipped where there is no runtime')
  return found
}

/**
 * Opens an engine for the test that runs real containers. After the test it is closed and checked to leave nothing
 * behind.
 */
export async function openEngineWithContainers(t: TestContext, options: Partial<LocalAwsOptions> = {}) {
  await ensureTestImage()
  const { docker } = getContainerRuntime()
  const opened = await openTestEngine(
    t,
    { runtime: getContainerRuntime().address, ...options },
    { isClosedByTest: true },
  )
  const { engineId } = opened.aws
  t.after(async () => {
    const range = await networkRangeOf(docker, engineId)
    await opened.aws.close()
    await assertNothingIsLeft(docker, engineId, range)
  })
  return { ...opened, docker }
}

export async function ensureTestImage(): Promise<void> {
  const { docker } = getContainerRuntime()
  if (await ifFound(docker.getImage(testImage).inspect())) return
  const applets = [
    '[',
    'dd',
    'nc',
    'stat',
    'test',
    'ulimit',
    'grep',
    'head',
    'wc',
    'seq',
    'date',
    'sh',
    'sleep',
    'httpd',
    'wget',
    'cat',
    'id',
    'ls',
    'touch',
    'mkdir',
    'hostname',
    'true',
    'false',
    'kill',
    'printenv',
    'env',
  ]
  const archive = createTar([
    { path: 'bin/busybox', content: readFileSync(busyboxPath), mode: 0o755 },
    ...applets.map((applet) => ({ path: `bin/${applet}`, linkTo: 'busybox' })),
  ])
  await text(await docker.importImage(Readable.from([archive]), { repo: testImage, changes: 'ENV PATH=/bin' }))
}

/** A container that runs this script in its shell. */
export const shellContainer = (
  script: string,
  more: Partial<ContainerDefinition> = {},
): Partial<ContainerDefinition> => ({
  image: testImage,
  command: ['sh', '-c', script],
  stopTimeout: 2,
  ...more,
})

/** A web server that responds with this text and ends at once on SIGTERM. */
export const webServerContainer = (
  pageText: string,
  { port = 80, ...more }: Partial<ContainerDefinition> & { port?: number } = {},
): Partial<ContainerDefinition> =>
  shellContainer(`trap exit TERM; mkdir /www; echo ${pageText} > /www/index.html; httpd -f -p ${port} -h /www & wait`, {
    portMappings: [{ containerPort: port }],
    ...more,
  })

/**
 * Resolves once the first process of each of the task's containers catches SIGTERM: before that its shell, as process
 * 1, ignores it.
 */
export async function waitUntilSigtermIsCaught(taskId: string | undefined): Promise<void> {
  const { docker } = getContainerRuntime()
  const containers = await docker.listContainers({ filters: { label: [engineLabels.container] } })
  const ofTask = containers.filter(({ Labels }) => Labels[engineLabels.task] === taskId)
  assert.ok(ofTask.length > 0, `the task ${taskId} has no containers`)
  for (const { Id } of ofTask) {
    const { State } = await docker.getContainer(Id).inspect()
    const caught = () =>
      BigInt(`0x${/^SigCgt:\s+(\w+)$/m.exec(readFileSync(`/proc/${State.Pid}/status`, 'utf8'))?.[1]}`)
    while ((caught() & (1n << 14n)) === 0n) await delay(5)
  }
}

export const taskAddressOf = (task: Task): string =>
  task.attachments?.[0]?.details?.find(({ name }) => name === 'privateIPv4Address')?.value ?? ''

/** Returns the server's response. Retries, because the server may listen later than its container runs. */
export async function fetchText(url: string): Promise<string> {
  const deadline = Date.now() + 10_000
  for (;;) {
    try {
      return await (await fetch(url)).text()
    } catch (error) {
      if (Date.now() > deadline) throw error
      await delay(20)
    }
  }
}
