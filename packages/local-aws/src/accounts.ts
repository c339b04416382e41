/**
 * The accounts of an engine and their access keys. Keys are configured, or generated at the first start. They are
 * stored in the data folder, in a file that only its owner can read.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type AccessKey, newAccessKey } from './access-keys.ts'

export interface AccountOptions {
  /** Twelve digits. */
  number: string
  name: string
  accessKeyId?: string
  secretAccessKey?: string
  /** If set, AssumeRole into a role of this account must have it, as a role's trust policy would require. */
  externalId?: string
}

export type Account = AccountOptions & AccessKey

export const defaultAccount: AccountOptions = { number: '000000000000', name: 'local' }

/**
 * Gives keys to the accounts that have none, and stores the accounts.
 * @param data the data folder, or `:memory:` to store nothing
 * @param stored accounts that have keys already
 * @throws Error when a number is not twelve digits, when an account has half of a key, or when two accounts have the
 *   same number or key.
 */
export function accountsWithKeys(
  data: string,
  accounts: readonly AccountOptions[],
  stored: readonly Account[] = storedAccounts(data),
): Account[] {
  const withKeys = accounts.map((account): Account => ({ ...account, ...keyOf(account, stored) }))
  checkAccounts(withKeys)
  storeAccounts(data, [
    ...withKeys,
    ...stored.filter(({ number }) => !withKeys.some((account) => account.number === number)),
  ])
  return withKeys
}

/** The configured key, or the stored one, or a new one. */
function keyOf({ number, name, accessKeyId, secretAccessKey }: AccountOptions, stored: readonly Account[]): AccessKey {
  if (accessKeyId && secretAccessKey) return { accessKeyId, secretAccessKey }
  if (accessKeyId || secretAccessKey)
    throw new Error(`The account ${name} needs both accessKeyId and secretAccessKey, or neither.`)
  const key = stored.find((account) => account.number === number) ?? newAccessKey('AKIA')
  return { accessKeyId: key.accessKeyId, secretAccessKey: key.secretAccessKey }
}

/** The stored accounts of a data folder, also while an engine uses it. */
export function storedAccounts(data: string): Account[] {
  const path = keysPath(data)
  if (data === ':memory:' || !existsSync(path)) return []
  const text = readFileSync(path, 'utf8')
  try {
    return JSON.parse(text) as Account[]
  } catch (error) {
    throw new Error(
      `The accounts' keys in ${path} are not JSON. Restore the file, or remove it: the next start then generates new keys.`,
      {
        cause: error,
      },
    )
  }
}

function checkAccounts(accounts: Account[]): void {
  for (const { number, name } of accounts)
    if (!/^\d{12}$/.test(number))
      throw new Error(`The number of the account ${name} must have twelve digits, not ${number}.`)
  for (const member of ['number', 'accessKeyId'] as const) {
    const duplicate = accounts.find(
      (account, i) => accounts.findIndex((other) => other[member] === account[member]) < i,
    )
    if (duplicate)
      throw new Error(
        `Two accounts have the same ${member === 'number' ? 'number' : 'access key'}; the second is ${duplicate.name}.`,
      )
  }
}

function storeAccounts(data: string, accounts: Account[]): void {
  if (data === ':memory:') return
  const text = `${JSON.stringify(accounts, null, 2)}\n`
  const path = keysPath(data)
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return
  mkdirSync(data, { recursive: true, mode: 0o700 })
  writeFileSync(`${path}.new`, text, { mode: 0o600, flush: true })
  renameSync(`${path}.new`, path)
}

function keysPath(data: string): string {
  return join(data, 'keys.json')
}
