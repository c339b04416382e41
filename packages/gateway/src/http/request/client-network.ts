/** The network of a client's address, for limits: one client can use all addresses of an IPv6 network of 64 bits. */
import { isIPv6 } from 'node:net'

/** @returns an IPv4 address as it is, and the first half of an IPv6 one */
export function networkOf(address: string): string {
  const [withoutZone = ''] = address.split('%')
  // The first call of isIPv6 compiles its regular expression, which takes 4 ms of a start.
  if (!withoutZone.includes(':') || !isIPv6(withoutZone)) return address
  // The canonical form of an IPv6 address has hexadecimal groups only, also for an embedded IPv4 address.
  const canonical = new URL(`http://[${withoutZone}]`).hostname.slice(1, -1)
  const mapped = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(canonical)
  if (mapped) {
    const [high, low] = [mapped[1]!, mapped[2]!].map((group) => Number.parseInt(group, 16)) as [number, number]
    return [high >> 8, high & 255, low >> 8, low & 255].join('.')
  }
  const [before = [], after = []] = canonical.split('::').map((part) => part.split(':').filter((group) => group !== ''))
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0')
  return `${[...before, ...zeros, ...after].slice(0, 4).join(':')}::/64`
}
