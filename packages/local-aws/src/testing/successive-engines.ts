/** Starts engines as processes, one after another, on the same data. Each adopts the containers of the one before. */
import type { TestContext } from 'node:test'
import { ECSClient } from '@aws-sdk/client-ecs'
import { LocalAws } from '../local-aws.ts'
import { ensureTestImage, getContainerRuntime } from './containers.ts'
import { createDataFolder } from './data-folder.ts'
import { type EngineProcess, startEngineProcess } from './engine-process.ts'
import { assertNothingIsLeft, networkRangeOf } from './leftovers.ts'

/**
 * Returns `startEngine`, whose engines share their data and their containers. After the test one more engine stops the
 * remaining containers, and the test fails if anything is left on the machine.
 */
export async function successiveEngines(t: TestContext, address = getContainerRuntime().address) {
  await ensureTestImage()
  const { docker } = getContainerRuntime()
  const started: EngineProcess[] = []
  t.after(async () => {
    await Promise.all(started.map(({ kill }) => kill()))
    const last = new LocalAws({ data, runtime: address })
    await last.open()
    const { engineId } = last
    const range = await networkRangeOf(docker, engineId)
    await last.close()
    await assertNothingIsLeft(docker, engineId, range)
  })
  const data = createDataFolder(t)
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' }
  const engineIds = new Set<string>()
  const containersLabelled = async (label: string) => docker.listContainers({ all: true, filters: { label: [label] } })

  async function startEngine(...args: string[]) {
    const engine = await startEngineProcess(t, '--data', data, '--runtime', address, ...args)
    started.push(engine)
    const client = { endpoint: engine.url, region: 'us-east-1', credentials, maxAttempts: 1 }
    const ecs = new ECSClient(client)
    t.after(() => ecs.destroy())
    return { engine, ecs, client }
  }

  async function containerIdsOf(arn: string | undefined): Promise<string[]> {
    const containers = await containersLabelled(`ecs-api.task=${arn?.split('/').at(-1)}`)
    for (const { Labels } of containers) engineIds.add(Labels['ecs-api.engine'] ?? '')
    return containers.map(({ Id }) => Id).sort()
  }

  return {
    startEngine,
    containerIdsOf,
    /** The names of all containers of these engines. */
    allContainerNames: async () =>
      (await Promise.all([...engineIds].map((engineId) => containersLabelled(`ecs-api.engine=${engineId}`))))
        .flat()
        .map(({ Names }) => Names),
  }
}
