/**
 * The duration of a service's diagnosis, and its number of calls to AWS. The 20 tasks of the service fail repeatedly,
 * on the engine inside the gateway.
 */
import type { Figure } from './figures.ts'
import { startGateway, tokenHeaders } from './gateway.ts'

const diagnosisCount = Number(process.env.DIAGNOSES ?? 200)
const path = '/local/clusters/bench/services/www'

export async function diagnosisBench(): Promise<Figure[]> {
  const gateway = await startGateway({ ECS_API_ACCOUNTS_LOCAL_MODE: 'local' })
  await gateway.call('POST', '/local/clusters', { name: 'bench' })
  const options = {
    'awslogs-group': '/ecs/bench',
    'awslogs-region': 'us-east-1',
    'awslogs-stream-prefix': 'ecs',
    'awslogs-create-group': 'true',
  }
  await gateway.call('POST', '/local/taskdefs', {
    family: 'web',
    executionRoleArn: 'arn:aws:iam::000000000001:role/execution',
    containerDefinitions: [
      {
        name: 'web',
        image: 'nginx',
        dockerLabels: { 'ecs-api.simulated.exit-after': '0', 'ecs-api.simulated.exit-code': '1' },
        logConfiguration: { logDriver: 'awslogs', options },
      },
    ],
  })
  const service = { name: 'www', taskDefinition: 'web', count: 20, subnets: ['subnet-0a1b2c3d'] }
  await gateway.call('POST', '/local/clusters/bench/services', service)
  const times: number[] = []
  let maxCalls = 0
  while (times.length < diagnosisCount) {
    const began = performance.now()
    const answer = await fetch(`${gateway.url}/v1/ecs${path}/diagnosis`, {
      headers: { ...tokenHeaders, 'cache-control': 'no-cache' },
    })
    const { causes } = (await answer.json()) as { causes: { code: string }[] }
    const ms = performance.now() - began
    if (causes[0]?.code !== 'ProgramFailed') continue
    times.push(ms)
    maxCalls = Math.max(maxCalls, Number(/calls=(\d+)/.exec(answer.headers.get('server-timing') ?? '')?.[1]))
  }
  await gateway.stop()
  const sorted = times.toSorted((a, b) => a - b)
  const quantile = (share: number) => sorted[Math.floor(sorted.length * share)]!
  const underLimit = { words: '< 300 ms', isMet: (ms: number) => ms < 300 }
  return [
    {
      name: `the diagnosis of a failing service, ${diagnosisCount} times: median`,
      unit: 'ms',
      values: [quantile(0.5)],
    },
    { name: '… p99', unit: 'ms', values: [quantile(0.99)], goal: underLimit },
    { name: '… the most', unit: 'ms', values: [sorted.at(-1)!], goal: underLimit },
    {
      name: 'calls to AWS, at most',
      unit: 'calls',
      values: [maxCalls],
      goal: { words: '≤ 5', isMet: (calls) => calls <= 5 },
    },
  ]
}
