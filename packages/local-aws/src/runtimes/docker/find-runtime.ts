/** Finds the container runtime of this machine: Docker or Podman, on a socket that answers. */
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { type Docker, dockerAt, messageOf } from './docker-api.ts'

/** A runtime that has answered. */
export interface FoundRuntime {
  name: 'docker' | 'podman'
  docker: Docker
  address: string
  version: string
  /** The component that creates cgroups for containers. Only `cgroupfs` allows a parent cgroup with our own limits. */
  cgroupDriver: string
  /**
   * Whether the runtime runs as root on this machine. If so, task addresses can be reached from here, and cgroups can
   * be read.
   */
  isRootfulOnThisMachine: boolean
}

export type RuntimeChoice = 'auto' | 'docker' | 'podman' | (string & {})

const PING_TIMEOUT_MS = 2_000
/** A runtime that answers the ping may be slow to describe itself: Podman on a busy machine takes some seconds. */
const DESCRIBE_TIMEOUT_MS = 30_000

/**
 * Returns the first runtime that answers; undefined if `auto` finds none. `auto` tries all known sockets, `docker` and
 * `podman` accept only that runtime, and any other choice is the path or URL of a socket.
 * @throws Error when a runtime was chosen explicitly and does not answer.
 */
export async function findRuntime(
  choice: RuntimeChoice,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<FoundRuntime | undefined> {
  const isKind = choice === 'auto' || choice === 'docker' || choice === 'podman'
  const failures: string[] = []
  for (const address of isKind ? usualAddresses(environment) : [choice]) {
    try {
      const found = await probe(address)
      if (!isKind || choice === 'auto' || found.name === choice) return found
      failures.push(`${address} is ${found.name}`)
    } catch (error) {
      failures.push(`${address}: ${messageOf(error)}`)
    }
  }
  if (choice === 'auto') return undefined
  const problem = isKind ? `No ${choice} answers` : `No container runtime answers`
  throw new Error(`${problem}. Tried: ${failures.length > 0 ? failures.join('; ') : 'no socket was found'}.`)
}

/** The usual socket addresses: first the environment variables, then the system's sockets, then the user's. */
function usualAddresses({ DOCKER_HOST, CONTAINER_HOST, XDG_RUNTIME_DIR }: NodeJS.ProcessEnv): string[] {
  const configured = [DOCKER_HOST, CONTAINER_HOST].filter((address) => address !== undefined && address !== '')
  const user = XDG_RUNTIME_DIR ?? (process.getuid ? `/run/user/${process.getuid()}` : undefined)
  const sockets = [
    '/var/run/docker.sock',
    '/run/podman/podman.sock',
    ...(user ? [join(user, 'docker.sock'), join(user, 'podman', 'podman.sock')] : []),
    join(homedir(), '.docker', 'run', 'docker.sock'),
  ]
  return [...new Set([...configured.map(String), ...sockets.filter(existsSync)])]
}

async function probe(address: string): Promise<FoundRuntime> {
  const [, scheme] = /^(\w+):\/\//.exec(address) ?? []
  if (scheme !== undefined && !['unix', 'tcp', 'http'].includes(scheme))
    throw new Error(`${scheme}:// is not supported, only unix://, tcp:// and http:// are`)
  const docker = dockerAt(address)
  await withTimeout(docker.ping(), PING_TIMEOUT_MS)
  return withTimeout(describeRuntime(docker, address), DESCRIBE_TIMEOUT_MS)
}

async function describeRuntime(docker: Docker, address: string): Promise<FoundRuntime> {
  const version = await docker.version()
  const info: {
    CgroupDriver?: string
    Rootless?: boolean
    SecurityOptions?: string[] | null
    OperatingSystem?: string
  } = await docker.info()
  const name = version.Components?.some(({ Name }) => /podman/i.test(Name)) ? 'podman' : 'docker'
  const isRootless =
    info.Rootless === true || (info.SecurityOptions ?? []).some((option) => option.includes('rootless'))
  const isOnThisMachine =
    process.platform === 'linux' && !/^(tcp|http):/.test(address) && !/docker desktop/i.test(info.OperatingSystem ?? '')
  return {
    name,
    docker,
    address,
    version: version.Version,
    cgroupDriver: info.CgroupDriver ?? '',
    isRootfulOnThisMachine: isOnThisMachine && !isRootless,
  }
}

/** Rejects after the timeout: a process may hold the socket and answer only some requests, or none. */
async function withTimeout<T>(request: Promise<T>, ms: number): Promise<T> {
  const { promise: timeout, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(reject, ms, new Error(`no answer within ${ms / 1000} s`))
  return Promise.race([request, timeout]).finally(() => clearTimeout(timer))
}
