/** Starts a gateway with an engine inside it and a new data folder, and has the requests that many benches need. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { launcherPath, type RunningProgram, startProgram } from './process.ts'

export const tokenHeaders = { authorization: 'Bearer token-of-the-bench' }

export interface Gateway extends RunningProgram {
  /** The data folder of the gateway. */
  folder: string
  call: (method: string, path: string, body?: unknown) => Promise<unknown>
}

/** @param script the launcher of a checkout, by default, or of the published package */
export async function startGateway(environment: Record<string, string> = {}, script = launcherPath): Promise<Gateway> {
  const folder = mkdtempSync(join(tmpdir(), 'ecs-api-bench-'))
  const running = await startProgram(script, ['serve'], {
    ECS_API_LISTEN: '127.0.0.1:0',
    ECS_API_DATA: folder,
    ECS_API_TOKEN: 'token-of-the-bench',
    ECS_API_RATE_LIMIT_REQUESTS: '10000000',
    ECS_API_RATE_LIMIT_SECONDS: '1',
    ECS_API_ACCOUNTS_LOCAL_MODE: 'local',
    ECS_API_ACCOUNTS_LOCAL_RUNTIME: 'simulated',
    ...environment,
  })
  // Nothing else reads the output: without this it would fill the pipe.
  running.child.stdout?.resume()
  return {
    ...running,
    folder,
    stop: async () => {
      await running.stop()
      rmSync(folder, { recursive: true })
    },
    call: async (method, path, body) => {
      const answer = await fetch(`${running.url}/v1/ecs${path}`, {
        method,
        headers: { ...tokenHeaders, ...(body !== undefined && { 'content-type': 'application/json' }) },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
      return answer.json()
    },
  }
}

export async function makeService(gateway: Gateway, name = 'www', count = 1): Promise<void> {
  await gateway.call('PUT', '/local/clusters/bench', {})
  await gateway.call('POST', '/local/taskdefs', {
    family: 'web',
    containerDefinitions: [{ name: 'web', image: 'nginx', ports: [80] }],
  })
  await gateway.call('POST', '/local/clusters/bench/services?wait=STABLE', { name, taskDefinition: 'web', count })
}

/** Creates the services `s-0`, `s-1` … in the cluster `bench`, twenty at the same time. */
export async function makeServices(gateway: Gateway, serviceCount: number, tasksPerService: number): Promise<void> {
  await makeService(gateway, 's-0', tasksPerService)
  for (let firstOfBatch = 1; firstOfBatch < serviceCount; firstOfBatch += 20)
    await Promise.all(
      Array.from({ length: Math.min(20, serviceCount - firstOfBatch) }, (_, i) =>
        gateway.call('POST', '/local/clusters/bench/services', {
          name: `s-${firstOfBatch + i}`,
          taskDefinition: 'web',
          count: tasksPerService,
        }),
      ),
    )
}
