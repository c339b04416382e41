/** The accounts of an engine, and their keys: given, or made at the first start and kept in the data folder for its owner's eyes only. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type AccessKey, newAccessKey } from './access-keys.ts'

export interface AccountOptions {
  /** Twelve digits. */
  number: string
  name: string
  accessKeyId?: string
  secretAccessKey?: string
  /** Where given, AssumeRole into this account's roles must bring it, as a role's trust policy would ask. */
  externalId?: string
}

export type Account = AccountOptions & AccessKey

export const defaultAccount: AccountOptions = { number: '000000000000', name: 'local' }

/**
 * @param kept those that have keys already
 * @throws Error when a number is not twelve digits, or two accounts have the same number or key.
 */
export function accountsWithKeys(
  data: string,
  accounts: readonly AccountOptions[],
  kept: readonly Account[] = keptAccounts(data),
): Account[] {
  const withKeys = accounts.map((account): Account => {
    const { accessKeyId, secretAccessKey } =
      kept.find(({ number }) => number === account.number) ?? newAccessKey('AKIA')
    return { accessKeyId, secretAccessKey, ...account }
  })
  checkAccounts(withKeys)
  keep(data, [...withKeys, ...kept.filter(({ number }) => !withKeys.some((account) => account.number === number))])
  return withKeys
}

/** What a data folder's accounts are, without opening it. */
export function keptAccounts(data: string): Account[] {
  const path = keysPath(data)
  if (data === ':memory:' || !existsSync(path)) return []
  const text = readFileSync(path, 'utf8')
  try {
    return JSON.parse(text) as Account[]
  } catch (error) {
    throw new Error(
      `The accounts' keys in ${path} are not JSON. Restore the file, or remove it: new keys are made at the next start.`,
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
    const twice = accounts.find((account, i) => accounts.findIndex((other) => other[member] === account[member]) < i)
    if (twice)
      throw new Error(
        `Two accounts have the same ${member === 'number' ? 'number' : 'access key'}; the second is ${twice.name}.`,
      )
  }
}

function keep(data: string, accounts: Account[]): void {
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
