/**
 * The processes that raw connections are sent to, and their ports: the service with its engine and metrics, the engine
 * alone, a task endpoint.
 */
import { randomBytes } from 'node:crypto'
import { request } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { newFolder, type RunningProcess, startCli, startGatewayProcess } from '../testing/process.ts'
import type { ValidRequest } from './raw-requests.ts'
import { type ResourceUsage, resourceUsageOf, withUsageReport } from './resource-usage.ts'

export interface Target {
  name: string
  port: number
  /** Valid requests for this port. */
  validRequests: readonly ValidRequest[]
  /** Sends a normal request and returns the status. */
  probe: () => Promise<number>
}

export interface TargetProcess {
  name: string
  running: RunningProcess
  targets: readonly Target[]
  usage: () => Promise<ResourceUsage>
}

export interface Targets {
  processes: readonly TargetProcess[]
  close: () => Promise<void>
}

const token = randomBytes(32).toString('hex')
const authorization = `Authorization: Bearer ${token}`
const jsonContentType = 'Content-Type: application/json'
const taskEndpointProcess = fileURLToPath(
  new URL('../../../local-aws/src/testing/task-endpoint-process.ts', import.meta.url),
)

/**
 * Starts all processes.
 * @param extraNodeOptions for all processes
 */
export async function startTargets(extraNodeOptions: readonly string[] = []): Promise<Targets> {
  const { folder, remove } = await newFolder()
  const processes = await Promise.all([
    startGateway(folder, extraNodeOptions),
    startEngine(folder, extraNodeOptions),
    startTaskEndpoint(folder, extraNodeOptions),
  ])
  return {
    processes,
    close: async () => {
      for (const { running } of processes) running.child.kill('SIGTERM')
      await Promise.all(processes.map(({ running }) => running.exit))
      await remove()
    },
  }
}

async function startGateway(folder: string, extraNodeOptions: readonly string[]): Promise<TargetProcess> {
  const socket = join(folder, 'service.sock')
  const { node, env } = withUsageReport(socket, extraNodeOptions)
  const running = await startGatewayProcess({
    folder,
    node,
    env: {
      ...env,
      ECS_API_TOKEN: token,
      ECS_API_METRICS_LISTEN: '127.0.0.1:0',
      ECS_API_ACCOUNTS_LOCAL_LISTEN: '127.0.0.1:0',
      // High limits, so that the connections do not get a 429.
      ECS_API_RATE_LIMIT_REQUESTS: '10000000',
      ECS_API_RATE_LIMIT_SECONDS: '1',
      ECS_API_LIMITS_PUBLIC_REQUESTS: '10000000',
      ECS_API_LIMITS_FAILED_LOGINS: '10000000',
    },
  })
  const [, engineUrl = ''] = await running.waitForOutput(/local AWS endpoint: (\S+)/)
  const [, metricsUrl = ''] = await running.waitForOutput(/metrics: (\S+)/)
  await createResources(running.url)
  const clustersPath = '/v1/ecs/local/clusters'
  const readPaths = [
    '/',
    '/healthz',
    '/docs',
    '/openapi.json',
    '/v1/ecs/audit',
    clustersPath,
    `${clustersPath}/prod`,
    `${clustersPath}/prod/services/www`,
    `${clustersPath}/prod/tasks`,
  ]
  const gatewayRequests: ValidRequest[] = [
    ...readPaths.map((path) => ({ line: `GET ${path} HTTP/1.1`, headers: [authorization] })),
    { line: `GET ${clustersPath} HTTP/1.1`, headers: [] },
    { line: `POST ${clustersPath} HTTP/1.1`, headers: [authorization, jsonContentType], body: '{"name":"prod"}' },
    {
      line: `POST ${clustersPath} HTTP/1.1`,
      headers: [authorization, jsonContentType, 'Expect: 100-continue'],
      body: '{"nme":"prod"}',
    },
    {
      line: `PATCH ${clustersPath}/prod/services/www HTTP/1.1`,
      headers: [authorization, jsonContentType, 'Idempotency-Key: raw'],
      body: '{"count":1}',
    },
    { line: `DELETE ${clustersPath}/none HTTP/1.1`, headers: [authorization] },
  ]
  return {
    name: 'serve',
    running,
    usage: () => resourceUsageOf(socket),
    targets: [
      {
        name: 'gateway',
        port: portOf(running.url),
        validRequests: gatewayRequests,
        probe: () => statusOf(`${running.url}${clustersPath}`, { authorization: `Bearer ${token}` }),
      },
      {
        name: 'engine of the gateway',
        port: portOf(engineUrl),
        validRequests: awsRequests,
        probe: () => probeEngine(engineUrl),
      },
      {
        name: 'metrics',
        port: portOf(metricsUrl),
        validRequests: [{ line: 'GET /metrics HTTP/1.1', headers: [] }],
        probe: () => statusOf(metricsUrl),
      },
    ],
  }
}

async function startEngine(folder: string, extraNodeOptions: readonly string[]): Promise<TargetProcess> {
  const socket = join(folder, 'engine.sock')
  const { node, env } = withUsageReport(socket, extraNodeOptions)
  const args = ['local-aws', '--port', '0', '--data', ':memory:', '--runtime', 'simulated', '--pace', 'instant']
  const running = startCli(args, { folder, node, env })
  const [url] = await running.waitForOutput(/http:\S+/)
  return {
    name: 'local-aws',
    running,
    usage: () => resourceUsageOf(socket),
    targets: [{ name: 'local-aws', port: portOf(url), validRequests: awsRequests, probe: () => probeEngine(url) }],
  }
}

async function startTaskEndpoint(folder: string, extraNodeOptions: readonly string[]): Promise<TargetProcess> {
  const socket = join(folder, 'task.sock')
  const { node, env } = withUsageReport(socket, extraNodeOptions)
  const running = startCli([], { folder, node, env, script: taskEndpointProcess })
  const [url] = await running.waitForOutput(/http:\S+/)
  const { pathname } = new URL(url)
  const paths = ['', '/task', '/taskWithTags', '/stats', '/task/stats', '/nothing'].map((path) => pathname + path)
  const validRequests = [...paths, '/v2/credentials/x'].map((path) => ({ line: `GET ${path} HTTP/1.1`, headers: [] }))
  return {
    name: 'task endpoint',
    running,
    usage: () => resourceUsageOf(socket),
    targets: [{ name: 'task endpoint', port: portOf(url), validRequests, probe: () => statusOf(url) }],
  }
}

/** Creates the resources that the requests read and change. */
async function createResources(url: string): Promise<void> {
  const post = async (path: string, body: object) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const answer = await fetch(`${url}/v1/ecs/local${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
  }
  await post('/clusters', { name: 'prod' })
  await post('/taskdefs', { family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx' }] })
  await post('/clusters/prod/services', { name: 'www', taskDefinition: 'web', count: 1 })
}

const invalidSignature = `Authorization: AWS4-HMAC-SHA256 Credential=AKIANOBODY/20261123/us-east-1/ecs/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`
const signedHeaders = (name: string) => [
  invalidSignature,
  'Content-Type: application/x-amz-json-1.1',
  `X-Amz-Target: AmazonEC2ContainerServiceV20141113.${name}`,
]

const awsRequests: readonly ValidRequest[] = [
  { line: 'POST / HTTP/1.1', headers: signedHeaders('ListClusters'), body: '{}' },
  { line: 'POST / HTTP/1.1', headers: signedHeaders('CreateCluster'), body: '{"clusterName":"prod"}' },
  {
    line: 'POST / HTTP/1.1',
    headers: signedHeaders('RegisterTaskDefinition'),
    body: '{"family":"web","containerDefinitions":[{}]}',
  },
  {
    line: 'POST / HTTP/1.1',
    headers: [invalidSignature, 'Content-Type: application/x-www-form-urlencoded'],
    body: 'Action=GetCallerIdentity&Version=2011-06-15',
  },
  { line: 'GET / HTTP/1.1', headers: [] },
]

/**
 * Sends a request of AWS's protocol with an invalid signature. The status 400 counts as 200, because an engine that
 * verifies signatures rejects the request.
 */
async function probeEngine(url: string): Promise<number> {
  const headers = Object.fromEntries(
    signedHeaders('ListClusters').map((line) => line.split(/: (.*)/s, 2) as [string, string]),
  )
  const responseStatus = await statusOf(url, headers, 'POST', '{}')
  return responseStatus === 400 ? 200 : responseStatus
}

/** Sends a request on a new connection. @returns the status of the response */
function statusOf(url: string, headers: Record<string, string> = {}, method = 'GET', body?: string): Promise<number> {
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
