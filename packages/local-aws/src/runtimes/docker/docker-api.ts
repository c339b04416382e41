/** Connects to the Docker API of Docker or Podman, and classifies its errors. */
import Docker from 'dockerode'

export type { Docker }

/** The labels of an engine's containers, networks and volumes. */
export const engineLabels = {
  /** The id of the engine that created the object. */
  engine: 'ecs-api.engine',
  /** The id of the task. */
  task: 'ecs-api.task',
  /** The name of the container in the task definition. */
  container: 'ecs-api.container',
  /** `yes` on the pause container. It has no `container` label, because a definition may name a container `pause`. */
  pause: 'ecs-api.pause',
} as const

/** @param address the path of a Unix socket, or `tcp://host:port` */
export function dockerAt(address: string): Docker {
  const tcp = /^(?:tcp|http):\/\/([^:/]+):(\d+)\/?$/.exec(address)
  return tcp
    ? new Docker({ protocol: 'http', host: tcp[1], port: Number(tcp[2]) })
    : new Docker({ socketPath: address.replace(/^unix:\/\//, '') })
}

/** The HTTP status of an error response; undefined when there was no response. */
function statusOf(error: unknown): number | undefined {
  return typeof error === 'object' && error !== null && 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : undefined
}

/** The runtime's error message on one line. */
export function messageOf(error: unknown): string {
  const json = typeof error === 'object' && error !== null && 'json' in error ? error.json : undefined
  const message = typeof json === 'object' && json !== null && 'message' in json ? json.message : undefined
  const text = typeof message === 'string' ? message : error instanceof Error ? error.message : String(error)
  return text.replace(clientPrefix, '').replace(/\s+/g, ' ').trim()
}

/** The text that dockerode puts before the runtime's message when a response is streamed. */
const clientPrefix = /^\(HTTP code \d+\) [\w ]+ - /

const connectionErrors = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ENOTSOCK',
  'ETIMEDOUT',
  'EHOSTUNREACH',
])

/** Whether the runtime could not be reached. The request may have been carried out or not. */
export function isUnreachable(error: unknown): boolean {
  if (statusOf(error) !== undefined || !(error instanceof Error)) return false
  return ('code' in error && connectionErrors.has(String(error.code))) || error.message === 'socket hang up'
}

/** The result of the call, or undefined when the object does not exist (404). */
export async function ifFound<T>(call: Promise<T>): Promise<T | undefined> {
  return ignoringStatus(call, 404)
}

/** The result of the call, or undefined when it fails with one of these statuses. */
export async function ignoringStatus<T>(call: Promise<T>, ...statuses: number[]): Promise<T | undefined> {
  try {
    return await call
  } catch (error) {
    if (statuses.includes(statusOf(error) ?? 0) || (statuses.includes(404) && isMissing(error))) return undefined
    throw error
  }
}

/** Whether the object does not exist. */
function isMissing(error: unknown): boolean {
  // Podman answers 500 when the object disappears during the request.
  return statusOf(error) === 404 || /no such (container|image|network|volume)/i.test(messageOf(error))
}
