/** Finds everything that an engine with real containers leaves on the machine, by names, labels and addresses. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Docker } from '../runtimes/docker/docker-api.ts'

const TIMEOUT_MS = 10_000

/** The range of the engine's network; undefined without a network. */
export async function networkRangeOf(docker: Docker, engineId: string): Promise<string | undefined> {
  const [network] = await docker.listNetworks({ filters: JSON.stringify(engineFilter(engineId)) })
  return network?.IPAM?.Config?.[0]?.Subnet
}

/**
 * Returns what is left of an engine, by kind.
 * @param range the former range of the network, such as `10.77.0.0/16`
 */
export async function leftoversOfEngine(docker: Docker, engineId: string, range: string | undefined) {
  const containers = await docker.listContainers({ all: true, filters: engineFilter(engineId) })
  const { Volumes } = await docker.listVolumes({ filters: JSON.stringify(engineFilter(engineId)) })
  const networks = await docker.listNetworks()
  const own = networks.filter(({ Labels }) => Labels?.['ecs-api.engine'] === engineId)
  // Another engine may have got the range since.
  const isRangeReused = networks.some(
    (network) => !own.includes(network) && network.IPAM?.Config?.some(({ Subnet }) => Subnet === range),
  )
  const addresses = range === undefined || isRangeReused ? undefined : range.replace(/0\.0\/16$/, '')
  return {
    containers: containers.map(({ Names }) => Names.join()),
    networks: own.map(({ Name }) => Name),
    volumes: (Volumes ?? []).map(({ Name }) => Name),
    cgroups: cgroupsOf(engineId),
    processes: processesOf(engineId),
    rules: rulesOf(engineId, addresses),
    interfaces: interfacesIn(addresses),
    namesServed: existsSync(join(nameServer, networkNameOf(engineId))) ? [networkNameOf(engineId)] : [],
  }
}

/** Asserts that nothing is left. A container's monitor process ends a moment after it. */
export async function assertNothingIsLeft(docker: Docker, engineId: string, range: string | undefined): Promise<void> {
  const deadline = Date.now() + TIMEOUT_MS
  for (;;) {
    const leftovers = await leftoversOfEngine(docker, engineId, range)
    const left = Object.entries(leftovers).filter(([, things]) => things.length > 0)
    if (left.length === 0) return
    if (Date.now() > deadline || left.some(([kind]) => kind !== 'processes'))
      assert.deepEqual(Object.fromEntries(left), {})
    await delay(50)
  }
}

const engineFilter = (engineId: string) => ({ label: [`ecs-api.engine=${engineId}`] })
const networkNameOf = (engineId: string) => `ecs-api-${engineId}`
/** Podman's name server has a file for each network. */
const nameServer = '/run/containers/networks/aardvark-dns'

function cgroupsOf(engineId: string): string[] {
  const root = '/sys/fs/cgroup'
  const trees = existsSync(root) ? [root, ...readdirSync(root).map((name) => join(root, name))] : []
  return trees.map((tree) => join(tree, 'ecs-api', engineId)).filter((path) => existsSync(path))
}

/** The processes in the engine's containers, and the runtime's monitor processes. */
function processesOf(engineId: string): string[] {
  if (!existsSync('/proc/self/cgroup')) return []
  const read = (path: string) => {
    try {
      return readFileSync(path, 'utf8')
    } catch {
      // The process has ended meanwhile.
      return ''
    }
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => ({
      pid,
      args: read(`/proc/${pid}/cmdline`).replaceAll('\0', ' '),
      cgroups: read(`/proc/${pid}/cgroup`),
    }))
    .filter(
      ({ args, cgroups }) =>
        args !== '' && (args.includes(networkNameOf(engineId)) || cgroups.includes(`/${engineId}/`)),
    )
    .map(({ pid, args }) => `${pid} ${args.slice(0, 200)}`)
}

/** Rules with the network's addresses or name, or the hash of its name that netavark uses for its chains. */
function rulesOf(engineId: string, addresses: string | undefined): string[] {
  const hash = createHash('sha512').update(networkNameOf(engineId)).digest('hex').slice(0, 13).toUpperCase()
  const marks = [networkNameOf(engineId), hash, ...(addresses === undefined ? [] : [addresses])]
  return [...outputOf('iptables-save'), ...outputOf('nft', 'list', 'ruleset')].filter((rule) =>
    marks.some((mark) => rule.includes(mark)),
  )
}

/** The output of a program, or nothing where it is missing or needs root. */
function outputOf(program: string, ...args: string[]): string[] {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).split('\n')
  } catch {
    return []
  }
}

function interfacesIn(addresses: string | undefined): string[] {
  if (addresses === undefined) return []
  return Object.entries(networkInterfaces()).flatMap(([name, all = []]) =>
    all.some(({ address }) => address.startsWith(addresses)) ? [name] : [],
  )
}
