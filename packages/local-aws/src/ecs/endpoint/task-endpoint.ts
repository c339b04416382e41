/**
 * The task endpoint, which containers reach at 169.254.170.2. It returns the metadata of their task, and the
 * credentials of the task's role.
 *
 * The source address of a request determines its task, so a container cannot read data of other tasks.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { EcsTables } from '../records/ecs-tables.ts'
import type { TaskRecord } from '../records/task-record.ts'
import { credentialsId, type TaskCredentials, taskRoleArn } from './task-credentials.ts'
import { containerId, containerMetadata, type TaskDns, taskMetadata } from './task-metadata.ts'

const { createServer } = process.getBuiltinModule('node:http')

/**
 * The address of the endpoint inside every container. It is fixed: AWS SDKs take credentials only from there and from
 * loopback.
 */
export const TASK_ENDPOINT_ADDRESS = '169.254.170.2'

/** Open connections of all tasks together. */
const MAX_CONNECTIONS = 2000

export interface TaskEndpointDeps {
  /** The task that has this address now. */
  taskAt(address: string): { ecsTables: EcsTables; task: TaskRecord } | undefined
  credentials: TaskCredentials
  /** Docker's statistics of a container; undefined when there are none. */
  stats(task: TaskRecord, container: string): Promise<object | undefined>
  /** The DNS settings of the tasks' network; undefined while they are not known. */
  taskDns(): TaskDns | undefined
  onUnexpectedError: (error: unknown) => void
}

export interface TaskEndpoint {
  port: number
  close(): Promise<void>
}

/**
 * Starts the server at this address of the machine. Port 0 picks a free port.
 * @throws Error when it cannot listen there.
 */
export async function openTaskEndpoint(
  deps: TaskEndpointDeps,
  { host, port = 0 }: { host: string; port?: number },
): Promise<TaskEndpoint> {
  const server = createServer(
    { requestTimeout: 10_000, headersTimeout: 10_000, maxHeaderSize: 8192 },
    (request, response) => {
      request.resume()
      respondTo(deps, request)
        .then(({ status, body }) => sendJson(response, status, body))
        .catch((error: unknown) => {
          deps.onUnexpectedError(error)
          sendJson(response, 500, { message: 'The engine could not answer because of an internal error.' })
        })
        .catch(() => response.destroy())
    },
  )
  server.maxConnections = MAX_CONNECTIONS
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  server.on('error', deps.onUnexpectedError)
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

interface EndpointResponse {
  status: number
  body: unknown
}

const notFound: EndpointResponse = { status: 404, body: { message: 'There is nothing here for this task.' } }

async function respondTo(
  deps: TaskEndpointDeps,
  { method, url = '/', socket }: IncomingMessage,
): Promise<EndpointResponse> {
  const address = socket.remoteAddress?.replace(/^::ffff:/, '') ?? ''
  const found = deps.taskAt(address)
  if (!found) return notFound
  if (method !== 'GET') return { status: 405, body: { message: 'Only GET is allowed.' } }
  const [path = ''] = url.split('?')
  const [, version, id, ...rest] = path.split('/')
  if (version === 'v2' && id === 'credentials') return credentialsResponse(deps, found, rest)
  return version === 'v4' ? metadataResponse(deps, found, id ?? '', rest.join('/')) : notFound
}

function credentialsResponse(
  { credentials }: TaskEndpointDeps,
  { ecsTables, task }: { ecsTables: EcsTables; task: TaskRecord },
  [id]: string[],
): EndpointResponse {
  const issued = id === credentialsId(task) ? credentials.credentialsOf(ecsTables, task) : undefined
  return issued ? { status: 200, body: issued } : notFound
}

async function metadataResponse(
  deps: TaskEndpointDeps,
  { ecsTables, task }: { ecsTables: EcsTables; task: TaskRecord },
  id: string,
  path: string,
): Promise<EndpointResponse> {
  const names = task.containers.map(({ name }) => name ?? '')
  const container = names.find((name) => containerId(task, name) === id)
  if (container === undefined) return notFound
  switch (path) {
    case '':
      return { status: 200, body: containerMetadata(ecsTables, task, container, deps.taskDns()) }
    case 'task':
      return { status: 200, body: taskMetadata(ecsTables, task, { dns: deps.taskDns() }) }
    case 'taskWithTags':
      return { status: 200, body: taskMetadata(ecsTables, task, { withTags: true, dns: deps.taskDns() }) }
    case 'stats':
      return { status: 200, body: (await deps.stats(task, container)) ?? null }
    case 'task/stats': {
      const all = await Promise.all(
        names.map(async (name) => [containerId(task, name), (await deps.stats(task, name)) ?? null]),
      )
      return { status: 200, body: Object.fromEntries(all) }
    }
    default:
      return notFound
  }
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body)
  response
    .writeHead(status, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
      connection: 'close',
    })
    .end(text)
}

/**
 * The environment variables with which a container finds the task endpoint and the engine's AWS endpoint. Variables of
 * the task definition override them.
 * @param awsUrl the URL at which the task reaches the engine's AWS endpoint
 */
export function endpointEnvironment(
  ecsTables: EcsTables,
  task: TaskRecord,
  container: string,
  awsUrl: string,
): Record<string, string> {
  return {
    ECS_CONTAINER_METADATA_URI_V4: `http://${TASK_ENDPOINT_ADDRESS}/v4/${containerId(task, container)}`,
    ...(taskRoleArn(ecsTables, task) && {
      AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: `/v2/credentials/${credentialsId(task)}`,
    }),
    AWS_EXECUTION_ENV: 'AWS_ECS_FARGATE',
    AWS_REGION: ecsTables.region,
    AWS_DEFAULT_REGION: ecsTables.region,
    AWS_ENDPOINT_URL: awsUrl,
  }
}
