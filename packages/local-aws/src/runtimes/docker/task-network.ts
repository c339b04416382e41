/**
 * The network of an engine. It contains the addresses of all the engine's tasks, so that tasks of all subnets can reach
 * each other, as in a VPC. Its range is a /16 of 10.0.0.0/8 that nothing else on the machine uses.
 */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { promisify } from 'node:util'
import { type Docker, engineLabels, ifFound, ignoringStatus, messageOf } from './docker-api.ts'
import { networkName } from './names.ts'

const runProgram = promisify(execFile)

export interface TaskNetwork {
  name: string
  /** `10.77.0.0/16` */
  cidr: string
  /** The machine's own address in the network. */
  gateway: string
}

/**
 * Returns the engine's network, and creates it if it does not exist.
 * @throws Error when no range is free.
 */
export async function ensureNetwork(docker: Docker, engineId: string): Promise<TaskNetwork> {
  const name = networkName(engineId)
  const existing = await findNetwork(docker, name)
  if (existing) return existing
  const usedRanges = [...localRanges(), ...(await rangesOfRuntime(docker))]
  let lastError: unknown
  for (const secondByte of secondBytesInOrder(engineId)) {
    const cidr = `10.${secondByte}.0.0/16`
    if (usedRanges.some((range) => overlaps(range, cidr))) continue
    const gateway = `10.${secondByte}.0.1`
    try {
      await docker.createNetwork({
        Name: name,
        Driver: 'bridge',
        IPAM: { Driver: 'default', Config: [{ Subnet: cidr, Gateway: gateway }] },
        Labels: { [engineLabels.engine]: engineId },
      })
      return { name, cidr, gateway }
    } catch (error) {
      // Another engine may have taken the range meanwhile, or a process with the same data may have created this
      // network.
      const createdMeanwhile = await findNetwork(docker, name)
      if (createdMeanwhile) return createdMeanwhile
      if (!/overlap|already used|conflict/i.test(messageOf(error))) throw error
      lastError = error
    }
  }
  throw new Error(
    `no range of 10.0.0.0/8 is free for the tasks' network${lastError ? `: ${messageOf(lastError)}` : ''}`,
  )
}

/**
 * Removes the network if no container is left in it.
 * @param isOnThisKernel whether the network's firewall rules are on this machine, so that this process can remove them
 */
export async function removeNetwork(docker: Docker, engineId: string, isOnThisKernel: boolean): Promise<void> {
  const name = networkName(engineId)
  await ignoringStatus(docker.getNetwork(name).remove(), 403, 404, 409, 500)
  if (isOnThisKernel) await removePortChain(name)
}

/**
 * Removes the network's firewall chain of published ports. Podman (netavark) leaves it behind when the network's last
 * container had no ports. The chain's name contains a hash of the network's name. A chain in use is not removed, and
 * Docker has no chain of this name.
 */
async function removePortChain(network: string): Promise<void> {
  const hash = createHash('sha512').update(network).digest('hex').slice(0, 13).toUpperCase()
  await runProgram('iptables', ['-w', '-t', 'nat', '-X', `NETAVARK-DN-${hash}`]).catch(() => {})
}

async function findNetwork(docker: Docker, name: string): Promise<TaskNetwork | undefined> {
  const found = await ifFound(docker.getNetwork(name).inspect())
  const [range]: { Subnet?: string; Gateway?: string }[] = found?.IPAM?.Config ?? []
  return range?.Subnet && range.Gateway ? { name, cidr: range.Subnet, gateway: range.Gateway } : undefined
}

/**
 * All second bytes of an address, starting at a hash of the engine's id. So different engines rarely try the same
 * range, and an engine gets its earlier range again.
 */
function secondBytesInOrder(engineId: string): number[] {
  const first = createHash('sha256').update(engineId).digest().readUInt8(0)
  // 10.88.0.0/16 is Podman's own default network, which may be created at any time.
  return Array.from({ length: 256 }, (_, i) => (first + i) % 256).filter((second) => second !== 0 && second !== 88)
}

async function rangesOfRuntime(docker: Docker): Promise<string[]> {
  const networks = await docker.listNetworks()
  return networks.flatMap(({ IPAM }) =>
    (IPAM?.Config ?? []).flatMap(({ Subnet }) => (Subnet && !Subnet.includes(':') ? [Subnet] : [])),
  )
}

/** The ranges in which this machine has addresses, and those to which it has routes. */
function localRanges(): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? [])
  const addressRanges = addresses.flatMap(({ family, cidr }) => (family === 'IPv4' && cidr ? [cidr] : []))
  if (!existsSync('/proc/net/route')) return addressRanges
  const routes = readFileSync('/proc/net/route', 'utf8').trim().split('\n').slice(1)
  return [...addressRanges, ...routes.flatMap(routeOf)]
}

/**
 * Parses a line of /proc/net/route. Destination and mask are in the machine's byte order, which is little-endian
 * wherever containers run.
 */
function routeOf(line: string): string[] {
  const [, destination = '', , , , , , mask = ''] = line.split('\t')
  const bytes = Buffer.from(destination, 'hex').reverse()
  const length = Buffer.from(mask, 'hex').reduce((bits, byte) => bits + byte.toString(2).replaceAll('0', '').length, 0)
  return length === 0 ? [] : [`${bytes.join('.')}/${length}`]
}

function overlaps(cidr: string, otherCidr: string): boolean {
  const [a, b] = [rangeOf(cidr), rangeOf(otherCidr)]
  return a.first <= b.last && b.first <= a.last
}

function rangeOf(cidr: string): { first: number; last: number } {
  const [address = '', length = '32'] = cidr.split('/')
  const value = address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0)
  const size = 2 ** (32 - Number(length))
  const first = Math.floor(value / size) * size
  return { first, last: first + size - 1 }
}
