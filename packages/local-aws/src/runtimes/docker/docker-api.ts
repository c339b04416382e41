/** The Docker API, as Docker and Podman offer it: how it is reached, and what its errors mean. */
import Docker from 'dockerode'

export type { Docker }

/** What of an engine's containers, networks and volumes says whose they are. */
export const labels = {
  engine: 'ecs-api.engine',
  task: 'ecs-api.task',
  /** The container's name in the task definition; `pause` has another label, since a container may have that name. */
  container: 'ecs-api.container',
  pause: 'ecs-api.pause',
} as const

/** @param address the path of a Unix socket, or `tcp://host:port` */
export function dockerAt(address: string): Docker {
  const tcp = /^(?:tcp|http):\/\/([^:/]+):(\d+)\/?$/.exec(address)
  return tcp
    ? new Docker({ protocol: 'http', host: tcp[1], port: Number(tcp[2]) })
    : new Docker({ socketPath: address.replace(/^unix:\/\//, '') })
}

/** The HTTP status of an answer that is an error; undefined where there was no answer. */
function statusOf(error: unknown): number | undefined {
  return typeof error === 'object' && error !== null && 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : undefined
}

/** What the runtime said, on one line. */
export function messageOf(error: unknown): string {
  const json = typeof error === 'object' && error !== null && 'json' in error ? error.json : undefined
  const said = typeof json === 'object' && json !== null && 'message' in json ? json.message : undefined
  const text = typeof said === 'string' ? said : error instanceof Error ? error.message : String(error)
  return text.replace(clientsOwn, '').replace(/\s+/g, ' ').trim()
}

/** What the client puts before the runtime's words where a stream was asked for. */
const clientsOwn = /^\(HTTP code \d+\) [\w ]+ - /

const lost = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ENOTSOCK', 'ETIMEDOUT', 'EHOSTUNREACH'])

/** Whether the runtime itself could not be reached: what was asked may have been done or not. */
export function isUnreachable(error: unknown): boolean {
  if (statusOf(error) !== undefined || !(error instanceof Error)) return false
  return ('code' in error && lost.has(String(error.code))) || error.message === 'socket hang up'
}

/** What the call answers; undefined where that thing is not there (404). */
export async function orNothing<T>(call: Promise<T>): Promise<T | undefined> {
  return ignoring(call, 404)
}

/** Undefined where the call ends in one of these statuses. */
export async function ignoring<T>(call: Promise<T>, ...statuses: number[]): Promise<T | undefined> {
  try {
    return await call
  } catch (error) {
    if (statuses.includes(statusOf(error) ?? 0) || (statuses.includes(404) && isMissing(error))) return undefined
    throw error
  }
}

/** Whether the thing is not there. */
function isMissing(error: unknown): boolean {
  // Podman says so with 500 where the thing goes away while it looks.
  return statusOf(error) === 404 || /no such (container|image|network|volume)/i.test(messageOf(error))
}
