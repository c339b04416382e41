/** A runtime without an engine, for behaviour that no ECS action shows. */
import { randomBytes } from 'node:crypto'
import type { TestContext } from 'node:test'
import { openDockerRuntime } from '../runtimes/docker/docker.ts'
import type { FoundRuntime } from '../runtimes/docker/find-runtime.ts'
import type { ContainerCallbacks, TaskSpec } from '../runtimes/runtime.ts'
import { ensureTestImage, getContainerRuntime } from './containers.ts'
import { assertNothingIsLeft } from './leftovers.ts'

export const neverAborted = new AbortController().signal

const noCallbacks: ContainerCallbacks = {
  environment: async () => new Map(),
  registryCredentials: async () => undefined,
  logSink: () => undefined,
}

/** The number of tasks so far, which gives each task an address of its own. */
let taskCount = 0

/**
 * Opens a runtime that is closed after the test and leaves nothing behind. Another one with the same engine id acts as
 * the runtime after a restart.
 */
export async function openTestRuntime(
  t: TestContext,
  {
    engineId = randomBytes(6).toString('hex'),
    found: foundRuntime = getContainerRuntime(),
    ...callbacks
  }: Partial<ContainerCallbacks> & { engineId?: string; found?: FoundRuntime } = {},
) {
  await ensureTestImage()
  const runtime = await openDockerRuntime({
    foundRuntime,
    engineId,
    callbacks: { ...noCallbacks, ...callbacks },
    now: Date.now,
    onNotice: () => {},
    onUnexpectedError: (error) => {
      throw error
    },
  })
  t.after(async () => {
    await runtime.clear()
    await runtime.close()
    await assertNothingIsLeft(getContainerRuntime().docker, engineId, runtime.addressRange)
  })

  /** Returns the spec of a task of these containers, not yet prepared. */
  function newTaskSpec(...containers: TaskSpec['containers'][number][]): TaskSpec {
    const [network = ''] = runtime.addressRange.split('/')
    const id = randomBytes(16).toString('hex')
    return {
      id,
      arn: `arn:aws:ecs:us-east-1:111122223333:task/default/${id}`,
      clusterArn: 'arn:aws:ecs:us-east-1:111122223333:cluster/default',
      definition: 'test:1',
      network: {
        address: network.replace(/0\.0$/, `${++taskCount}.4`),
        hostname: 'ip-10-0-0-4.ec2.internal',
        subnet: { id: 'subnet-0a1b2c3d', cidr: runtime.addressRange },
      },
      platform: { operatingSystem: 'LINUX', cpuArchitecture: process.arch === 'arm64' ? 'ARM64' : 'X86_64' },
      cpu: 1024,
      memoryMiB: 512,
      containers: containers.map((container, i) => ({ name: i === 0 ? 'app' : `app${i}`, ...container })),
      volumes: [],
      sharesProcesses: false,
    }
  }

  /** Prepares a task and starts its first container. */
  async function startTask(...containers: TaskSpec['containers'][number][]): Promise<TaskSpec> {
    const spec = newTaskSpec(...containers)
    await runtime.prepare(spec, neverAborted)
    await runtime.pull(spec, 'app', neverAborted)
    await runtime.start(spec, 'app', neverAborted)
    return spec
  }

  /** Resolves when the container's state matches. */
  async function waitForObservation(
    spec: TaskSpec,
    container: string,
    isExpected: (observation: NonNullable<Awaited<ReturnType<typeof observationOf>>>) => boolean,
  ) {
    const timing = AbortSignal.timeout(20_000)
    for (let revision: number | undefined; ; ) {
      const seen = await runtime.wait(spec, revision, timing)
      const observation = seen.containers.get(container)
      if (observation && isExpected(observation)) return observation
      revision = seen.revision
    }
  }
  const observationOf = async (spec: TaskSpec, container: string) =>
    (await runtime.wait(spec, undefined, neverAborted)).containers.get(container)

  return { runtime, engineId, newTaskSpec, startTask, waitForObservation, observationOf }
}
