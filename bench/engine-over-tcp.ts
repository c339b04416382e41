/** Measures the engine alone over TCP: calls per second of one read and of one write. */

import { ecsRequest } from './ecs-request.ts'
import type { Figure } from './figures.ts'
import { requestsPerSecond } from './load.ts'
import { startEngine } from './remote-account.ts'

const rounds = 5

export async function engineOverTcpBench(): Promise<Figure[]> {
  const engine = await startEngine()
  const call = async (action: string, body: object): Promise<void> => {
    const { method, headers, body: text } = ecsRequest(action, body)
    const answer = await fetch(engine.url, { method, headers, body: text })
    if (!answer.ok) throw new Error(`${action}: ${await answer.text()}`)
    await answer.text()
  }
  const networkConfiguration = { awsvpcConfiguration: { subnets: ['subnet-00000001'] } }
  await call('CreateCluster', { clusterName: 'bench' })
  await call('RegisterTaskDefinition', {
    family: 'web',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    containerDefinitions: [{ name: 'web', image: 'nginx' }],
  })
  await call('CreateService', {
    cluster: 'bench',
    serviceName: 'www',
    taskDefinition: 'web',
    desiredCount: 1,
    launchType: 'FARGATE',
    networkConfiguration,
  })
  const reads: number[] = []
  const writes: number[] = []
  for (let round = 0; round < rounds; round++) {
    reads.push(
      await requestsPerSecond(engine.url, ecsRequest('DescribeServices', { cluster: 'bench', services: ['www'] }), {
        seconds: 2,
      }),
    )
    writes.push(
      await requestsPerSecond(
        engine.url,
        ecsRequest('RunTask', { cluster: 'bench', taskDefinition: 'web', launchType: 'FARGATE', networkConfiguration }),
        { seconds: 1 },
      ),
    )
  }
  await engine.stop()
  return [
    { name: 'engine over TCP: DescribeServices, 64 connections', unit: 'calls/s', values: reads },
    { name: 'engine over TCP: RunTask, 64 connections', unit: 'calls/s', values: writes },
  ]
}
