import { createHash } from 'node:crypto'

/** Derives the account number of a local account from its name: twelve digits, of which the first is not 0. */
export function localAccountNumber(name: string): string {
  const bits = createHash('sha256').update(`ecs-api local account ${name}`).digest().readBigUInt64BE()
  return String(100_000_000_000n + (bits % 900_000_000_000n))
}
