/**
 * The one network of an engine: every task's address is in it, so that tasks of all subnets reach each other, as they do within a VPC. Its range
 * is a /16 of 10.0.0.0/8 that nothing else on the machine uses.
 */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { promisify } from 'node:util'
import { type Docker, ignoring, labels, messageOf, orNothing } from './docker-api.ts'
import { networkName } from './names.ts'

const run = promisify(execFile)

export interface TaskNetwork {
  name: string
  /** `10.77.0.0/16` */
  cidr: string
  /** The host's own address in it. */
  gateway: string
}

/** The engine's network, made where it is not there. */
export async function ensureNetwork(docker: Docker, engine: string): Promise<TaskNetwork> {
  const name = networkName(engine)
  const there = await networkThere(docker, name)
  if (there) return there
  const taken = [...rangesHere(), ...(await rangesOfRuntime(docker))]
  let refusal: unknown
  for (const second of candidates(engine)) {
    const cidr = `10.${second}.0.0/16`
    if (taken.some((range) => overlap(range, cidr))) continue
    const gateway = `10.${second}.0.1`
    try {
      await docker.createNetwork({
        Name: name,
        Driver: 'bridge',
        IPAM: { Driver: 'default', Config: [{ Subnet: cidr, Gateway: gateway }] },
        Labels: { [labels.engine]: engine },
      })
      return { name, cidr, gateway }
    } catch (error) {
      // Another engine may have taken it since, or one of the same data may have made this very network.
      const made = await networkThere(docker, name)
      if (made) return made
      if (!/overlap|already used|conflict/i.test(messageOf(error))) throw error
      refusal = error
    }
  }
  throw new Error(`no range of 10.0.0.0/8 is free for the tasks' network${refusal ? `: ${messageOf(refusal)}` : ''}`)
}

/** Removes it where no container is left in it. @param kernelHere whether its rules are this machine's, and ours to remove */
export async function removeNetwork(docker: Docker, engine: string, kernelHere: boolean): Promise<void> {
  const name = networkName(engine)
  await ignoring(docker.getNetwork(name).remove(), 403, 404, 409, 500)
  if (kernelHere) await removePortChain(name)
}

/**
 * netavark leaves a network's chain of published ports where the last container in it had none: empty, and reached from nowhere. It is named by a
 * hash of the network's name. A chain that is still in use is not removed by this, and Docker has none of that name.
 */
async function removePortChain(network: string): Promise<void> {
  const hash = createHash('sha512').update(network).digest('hex').slice(0, 13).toUpperCase()
  await run('iptables', ['-w', '-t', 'nat', '-X', `NETAVARK-DN-${hash}`]).catch(() => {})
}

async function networkThere(docker: Docker, name: string): Promise<TaskNetwork | undefined> {
  const found = await orNothing(docker.getNetwork(name).inspect())
  const [range]: { Subnet?: string; Gateway?: string }[] = found?.IPAM?.Config ?? []
  return range?.Subnet && range.Gateway ? { name, cidr: range.Subnet, gateway: range.Gateway } : undefined
}

/** All second bytes, beginning at one that the engine's id tells: so two engines hardly ever want the same, and one gets its own again. */
function candidates(engine: string): number[] {
  const first = createHash('sha256').update(engine).digest().readUInt8(0)
  // 10.88.0.0/16 is Podman's own default network, which may come to be at any time.
  return Array.from({ length: 256 }, (_, i) => (first + i) % 256).filter((second) => second !== 0 && second !== 88)
}

async function rangesOfRuntime(docker: Docker): Promise<string[]> {
  const networks = await docker.listNetworks()
  return networks.flatMap(({ IPAM }) =>
    (IPAM?.Config ?? []).flatMap(({ Subnet }) => (Subnet && !Subnet.includes(':') ? [Subnet] : [])),
  )
}

/** What this machine has addresses in or routes to. */
function rangesHere(): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? [])
  const own = addresses.flatMap(({ family, cidr }) => (family === 'IPv4' && cidr ? [cidr] : []))
  if (!existsSync('/proc/net/route')) return own
  const routes = readFileSync('/proc/net/route', 'utf8').trim().split('\n').slice(1)
  return [...own, ...routes.flatMap(routeOf)]
}

/** A line of /proc/net/route: destination and mask are in the machine's byte order, which is little-endian wherever containers run. */
function routeOf(line: string): string[] {
  const [, destination = '', , , , , , mask = ''] = line.split('\t')
  const bytes = Buffer.from(destination, 'hex').reverse()
  const length = Buffer.from(mask, 'hex').reduce((bits, byte) => bits + byte.toString(2).replaceAll('0', '').length, 0)
  return length === 0 ? [] : [`${bytes.join('.')}/${length}`]
}

function overlap(one: string, other: string): boolean {
  const [a, b] = [rangeOf(one), rangeOf(other)]
  return a.first <= b.last && b.first <= a.last
}

function rangeOf(cidr: string): { first: number; last: number } {
  const [address = '', length = '32'] = cidr.split('/')
  const value = address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0)
  const size = 2 ** (32 - Number(length))
  const first = Math.floor(value / size) * size
  return { first, last: first + size - 1 }
}
