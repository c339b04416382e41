/**
 * The processes that raw connections are sent to, and their ports: the service with its engine and metrics, the engine
 * alone, a task endpoint.
 */
import { randomBytes } from 'node:crypto'
import { request } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { newFolder, type RunningProcess, startCli, startService } from '../testing/process.ts'
import { type Figures, figuresOf, withFigures } from './process-figures.ts'
import type { SoundRequest } from './raw-requests.ts'

export interface Target {
  name: string
  port: number
  /** Requests that it answers. */
  sound: readonly SoundRequest[]
  /** Sends a normal request and returns the status. */
  probe: () => Promise<number>
}

export interface TargetProcess {
  name: string
  running: RunningProcess
  targets: readonly Target[]
  figures: () => Promise<Figures>
}

export interface Targets {
  processes: readonly TargetProcess[]
  close: () => Promise<void>
}

const token = randomBytes(32).toString('hex')
const authorization = `Authorization: Bearer ${token}`
const json = 'Content-Type: application/json'
const taskEndpointProcess = fileURLToPath(
  new URL('../../../local-aws/src/testing/task-endpoint-process.ts', import.meta.url),
)

/** @param more Node options for all processes */
export async function startTargets(more: readonly string[] = []): Promise<Targets> {
  const { folder, remove } = await newFolder()
  const processes = await Promise.all([service(folder, more), engine(folder, more), taskEndpoint(folder, more)])
  return {
    processes,
    close: async () => {
      for (const { running } of processes) running.child.kill('SIGTERM')
      await Promise.all(processes.map(({ running }) => running.exit))
      await remove()
    },
  }
}

async function service(folder: string, more: readonly string[]): Promise<TargetProcess> {
  const socket = join(folder, 'service.sock')
  const { node, env } = withFigures(socket, more)
  const running = await startService({
    folder,
    node,
    env: {
      ...env,
      ECS_API_TOKEN: token,
      ECS_API_METRICS_LISTEN: '127.0.0.1:0',
      ECS_API_ACCOUNTS_LOCAL_LISTEN: '127.0.0.1:0',
      // So that connections are not stopped by a 429.
      ECS_API_RATE_LIMIT_REQUESTS: '10000000',
      ECS_API_RATE_LIMIT_SECONDS: '1',
      ECS_API_LIMITS_PUBLIC_REQUESTS: '10000000',
      ECS_API_LIMITS_FAILED_LOGINS: '10000000',
    },
  })
  const [, engineUrl = ''] = await running.until(/local AWS endpoint: (\S+)/)
  const [, metricsUrl = ''] = await running.until(/metrics: (\S+)/)
  await prepare(running.url)
  const below = '/v1/ecs/local/clusters'
  const reads = [
    '/',
    '/healthz',
    '/docs',
    '/openapi.json',
    '/v1/ecs/audit',
    below,
    `${below}/prod`,
    `${below}/prod/services/www`,
    `${below}/prod/tasks`,
  ]
  const gateway: SoundRequest[] = [
    ...reads.map((path) => ({ line: `GET ${path} HTTP/1.1`, headers: [authorization] })),
    { line: `GET ${below} HTTP/1.1`, headers: [] },
    { line: `POST ${below} HTTP/1.1`, headers: [authorization, json], body: '{"name":"prod"}' },
    { line: `POST ${below} HTTP/1.1`, headers: [authorization, json, 'Expect: 100-continue'], body: '{"nme":"prod"}' },
    {
      line: `PATCH ${below}/prod/services/www HTTP/1.1`,
      headers: [authorization, json, 'Idempotency-Key: raw'],
      body: '{"count":1}',
    },
    { line: `DELETE ${below}/none HTTP/1.1`, headers: [authorization] },
  ]
  return {
    name: 'serve',
    running,
    figures: () => figuresOf(socket),
    targets: [
      {
        name: 'gateway',
        port: portOf(running.url),
        sound: gateway,
        probe: () => status(`${running.url}${below}`, { authorization: `Bearer ${token}` }),
      },
      { name: 'engine of the gateway', port: portOf(engineUrl), sound: awsRequests, probe: () => askAws(engineUrl) },
      {
        name: 'metrics',
        port: portOf(metricsUrl),
        sound: [{ line: 'GET /metrics HTTP/1.1', headers: [] }],
        probe: () => status(metricsUrl),
      },
    ],
  }
}

async function engine(folder: string, more: readonly string[]): Promise<TargetProcess> {
  const socket = join(folder, 'engine.sock')
  const { node, env } = withFigures(socket, more)
  const args = ['local-aws', '--port', '0', '--data', ':memory:', '--runtime', 'simulated', '--pace', 'instant']
  const running = startCli(args, { folder, node, env })
  const [url] = await running.until(/http:\S+/)
  return {
    name: 'local-aws',
    running,
    figures: () => figuresOf(socket),
    targets: [{ name: 'local-aws', port: portOf(url), sound: awsRequests, probe: () => askAws(url) }],
  }
}

async function taskEndpoint(folder: string, more: readonly string[]): Promise<TargetProcess> {
  const socket = join(folder, 'task.sock')
  const { node, env } = withFigures(socket, more)
  const running = startCli([], { folder, node, env, script: taskEndpointProcess })
  const [url] = await running.until(/http:\S+/)
  const { pathname } = new URL(url)
  const paths = ['', '/task', '/taskWithTags', '/stats', '/task/stats', '/nothing'].map((path) => pathname + path)
  const sound = [...paths, '/v2/credentials/x'].map((path) => ({ line: `GET ${path} HTTP/1.1`, headers: [] }))
  return {
    name: 'task endpoint',
    running,
    figures: () => figuresOf(socket),
    targets: [{ name: 'task endpoint', port: portOf(url), sound, probe: () => status(url) }],
  }
}

/** Creates resources to read and change. */
async function prepare(url: string): Promise<void> {
  const post = async (path: string, body: object) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const answer = await fetch(`${url}/v1/ecs/local${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
  }
  await post('/clusters', { name: 'prod' })
  await post('/taskdefs', { family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx' }] })
  await post('/clusters/prod/services', { name: 'www', taskDefinition: 'web', count: 1 })
}

const signed = `Authorization: AWS4-HMAC-SHA256 Credential=AKIANOBODY/20261123/us-east-1/ecs/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`
const action = (name: string) => [
  signed,
  'Content-Type: application/x-amz-json-1.1',
  `X-Amz-Target: AmazonEC2ContainerServiceV20141113.${name}`,
]

const awsRequests: readonly SoundRequest[] = [
  { line: 'POST / HTTP/1.1', headers: action('ListClusters'), body: '{}' },
  { line: 'POST / HTTP/1.1', headers: action('CreateCluster'), body: '{"clusterName":"prod"}' },
  {
    line: 'POST / HTTP/1.1',
    headers: action('RegisterTaskDefinition'),
    body: '{"family":"web","containerDefinitions":[{}]}',
  },
  {
    line: 'POST / HTTP/1.1',
    headers: [signed, 'Content-Type: application/x-www-form-urlencoded'],
    body: 'Action=GetCallerIdentity&Version=2011-06-15',
  },
  { line: 'GET / HTTP/1.1', headers: [] },
]

/** Any response of AWS's protocol is fine: an engine that verifies signatures rejects this request. */
async function askAws(url: string): Promise<number> {
  const headers = Object.fromEntries(action('ListClusters').map((line) => line.split(/: (.*)/s, 2) as [string, string]))
  const responseStatus = await status(url, headers, 'POST', '{}')
  return responseStatus === 400 ? 200 : responseStatus
}

/** Sends the request on a connection of its own. */
function status(url: string, headers: Record<string, string> = {}, method = 'GET', body?: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const clientRequest = request(
      url,
      { agent: false, method, headers, signal: AbortSignal.timeout(10_000) },
      (response) => {
        response.resume().once('end', () => resolve(response.statusCode ?? 0))
        response.once('error', reject)
      },
    )
    clientRequest.once('error', reject).end(body)
  })
}

function portOf(url: string): number {
  return Number(new URL(url).port)
}
