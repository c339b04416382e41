/** Which container runtime there is: Docker or Podman, on a socket that answers. */
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { type Docker, dockerAt, messageOf } from './docker-api.ts'

/** A runtime that answered. */
export interface FoundRuntime {
  name: 'docker' | 'podman'
  docker: Docker
  address: string
  version: string
  /** Who makes cgroups for containers; `cgroupfs` alone lets us put a task's containers under limits of our own. */
  cgroupDriver: string
  /** Runs as root on this machine: task addresses are reachable from here, and its cgroups are ours to see. */
  rootfulHere: boolean
}

export type RuntimeChoice = 'auto' | 'docker' | 'podman' | (string & {})

const PATIENCE_MS = 2_000

/**
 * The first that answers, of those that the choice allows: `auto` any, `docker` or `podman` one of that kind, else the socket's path or URL.
 * @throws Error where one was asked for by name and does not answer.
 */
export async function findRuntime(
  choice: RuntimeChoice,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<FoundRuntime | undefined> {
  const anyKind = choice === 'auto' || choice === 'docker' || choice === 'podman'
  const tried: string[] = []
  for (const address of anyKind ? usualAddresses(environment) : [choice]) {
    try {
      const found = await ask(address)
      if (!anyKind || choice === 'auto' || found.name === choice) return found
      tried.push(`${address} is ${found.name}`)
    } catch (error) {
      tried.push(`${address}: ${messageOf(error)}`)
    }
  }
  if (choice === 'auto') return undefined
  const what = anyKind ? `No ${choice} answers` : `No container runtime answers`
  throw new Error(`${what}. Tried: ${tried.length > 0 ? tried.join('; ') : 'no socket was found'}.`)
}

/** Where Docker and Podman put their sockets: what the environment says, then the system's, then the user's own. */
function usualAddresses({ DOCKER_HOST, CONTAINER_HOST, XDG_RUNTIME_DIR }: NodeJS.ProcessEnv): string[] {
  const named = [DOCKER_HOST, CONTAINER_HOST].filter(
    (address) => address !== undefined && /^(unix|tcp|http):\/\//.test(address),
  )
  const user = XDG_RUNTIME_DIR ?? (process.getuid ? `/run/user/${process.getuid()}` : undefined)
  const sockets = [
    '/var/run/docker.sock',
    '/run/podman/podman.sock',
    ...(user ? [join(user, 'docker.sock'), join(user, 'podman', 'podman.sock')] : []),
    join(homedir(), '.docker', 'run', 'docker.sock'),
  ]
  return [...new Set([...named.map(String), ...sockets.filter(existsSync)])]
}

async function ask(address: string): Promise<FoundRuntime> {
  const docker = dockerAt(address)
  await inTime(docker.ping())
  const version = await docker.version()
  const info: {
    CgroupDriver?: string
    Rootless?: boolean
    SecurityOptions?: string[] | null
    OperatingSystem?: string
  } = await docker.info()
  const name = version.Components?.some(({ Name }) => /podman/i.test(Name)) ? 'podman' : 'docker'
  const rootless = info.Rootless === true || (info.SecurityOptions ?? []).some((option) => option.includes('rootless'))
  const here =
    process.platform === 'linux' && !/^(tcp|http):/.test(address) && !/docker desktop/i.test(info.OperatingSystem ?? '')
  return {
    name,
    docker,
    address,
    version: version.Version,
    cgroupDriver: info.CgroupDriver ?? '',
    rootfulHere: here && !rootless,
  }
}

/** A socket may be there with nobody who answers behind it. */
async function inTime<T>(asked: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(reject, PATIENCE_MS, new Error(`no answer within ${PATIENCE_MS / 1000} s`))
  return Promise.race([asked, late]).finally(() => clearTimeout(timer))
}
