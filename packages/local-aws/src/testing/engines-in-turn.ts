/** Engines as processes, on real containers: each takes up what the one before has left. */
import type { TestContext } from 'node:test'
import { ECSClient } from '@aws-sdk/client-ecs'
import { LocalAws } from '../local-aws.ts'
import { ensureImage, runtimeHere } from './containers.ts'
import { dataFolder } from './data-folder.ts'
import { type EngineProcess, engineProcess } from './engine-process.ts'
import { nothingIsLeft, rangeOf } from './traces.ts'

/** Engines one after another on the same data. After the test one more stops what they have left, and then nothing of them is there. */
export async function enginesInTurn(t: TestContext, address = runtimeHere().address) {
  await ensureImage()
  const { docker } = runtimeHere()
  const started: EngineProcess[] = []
  t.after(async () => {
    await Promise.all(started.map(({ kill }) => kill()))
    const last = new LocalAws({ data, runtime: address })
    await last.open()
    const { engineId } = last
    const range = await rangeOf(docker, engineId)
    await last.close()
    await nothingIsLeft(docker, engineId, range)
  })
  const data = dataFolder(t)
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' }
  const seen = new Set<string>()
  const of = async (label: string) => docker.listContainers({ all: true, filters: { label: [label] } })

  async function start(...words: string[]) {
    const engine = await engineProcess(t, '--data', data, '--runtime', address, ...words)
    started.push(engine)
    const client = { endpoint: engine.url, region: 'us-east-1', credentials, maxAttempts: 1 }
    const ecs = new ECSClient(client)
    t.after(() => ecs.destroy())
    return { engine, ecs, client }
  }

  async function containersOf(arn: string | undefined): Promise<string[]> {
    const containers = await of(`ecs-api.task=${arn?.split('/').at(-1)}`)
    for (const { Labels } of containers) seen.add(Labels['ecs-api.engine'] ?? '')
    return containers.map(({ Id }) => Id).sort()
  }

  return {
    start,
    containersOf,
    /** All containers of these engines. */
    all: async () =>
      (await Promise.all([...seen].map((engine) => of(`ecs-api.engine=${engine}`)))).flat().map(({ Names }) => Names),
  }
}
