/** `Idempotency-Key` while there is no store: the key becomes ECS's `clientToken`, where ECS has one. */
import { hash } from 'node:crypto'
import { BadRequest, NotYetAvailable } from '../problems/problem.ts'

const unsafe = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])

/** The key to use, or undefined. Throws for a key that cannot be honoured or is no key. */
export function idempotencyKey(header: string | string[] | undefined, method: string, taken: boolean): string | undefined {
  if (header === undefined || !unsafe.has(method)) return undefined
  if (!taken) throw new NotYetAvailable('Idempotency-Key on this call', { next: 'Only POST of services and of tasks takes it.' })
  if (typeof header !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(header)) {
    const message = 'must be 1 to 255 visible ASCII characters, given once'
    throw new BadRequest('InvalidHeader', `Idempotency-Key ${message}.`, { errors: [{ in: 'header', name: 'Idempotency-Key', message }] })
  }
  return header
}

/** 32 hexadecimal characters: CreateService takes at most 36. */
export function clientTokenOf(caller: string, path: string, key: string, call: number): string {
  return hash('sha256', JSON.stringify([caller, path, key, call]), 'hex').slice(0, 32)
}
