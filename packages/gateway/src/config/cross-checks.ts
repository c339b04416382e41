/** Checks of the configuration that its schema cannot express: of several keys together, and of values in detail. */
import { isIP } from 'node:net'
import { localAccountNumber } from './account-number.ts'
import { addressOf, defaultListen } from './address.ts'
import { type ConfigurationFault, isRecord } from './faults.ts'
import { weakTokenFault } from './token-strength.ts'

/** First segments of the API's paths that do not name an account. */
const reservedNames = new Set(['ping', 'version', 'accounts', 'audit', 'images', 'me', 'tokens', 'exec'])

/** Checks the name of an account, and its credentials. */
export function accountFaults(name: string, account: unknown, path: string): ConfigurationFault[] {
  const credentials = isRecord(account) ? account.credentials : undefined
  return [...nameFaults(name, path), ...credentialFaults(credentials, `${path}.credentials`)]
}

/** Checks the keys that depend on each other or on the accounts, and addresses. */
export function crossFaults(
  value: Readonly<Record<string, unknown>>,
  accounts: Readonly<Record<string, unknown>>,
): ConfigurationFault[] {
  return [
    ...engineFaults(accounts),
    ...storeFaults(value, accounts),
    ...portFaults(value.listen, 'listen'),
    ...(isRecord(value.metrics) ? portFaults(value.metrics.listen, 'metrics.listen') : []),
    ...networkFaults(value.trustProxy),
    ...tokenFaults(value),
  ]
}

/** A weak token is a fault only where other hosts can reach the gateway. */
function tokenFaults({ listen = defaultListen, token }: Readonly<Record<string, unknown>>): ConfigurationFault[] {
  if (typeof listen !== 'string') return []
  const message = weakTokenFault(typeof token === 'string' ? token : undefined, addressOf(listen))
  return message ? [{ path: 'token', message }] : []
}

function nameFaults(name: string, path: string): ConfigurationFault[] {
  if (reservedNames.has(name)) return [{ path, message: `${name} is reserved for paths of the API; use another name` }]
  if (/^\d{12}$/.test(name)) return [{ path, message: 'the name of an account must not be its number; use a word' }]
  if (!/^[a-z0-9-]{1,63}$/.test(name))
    return [{ path, message: 'a name must have 1 to 63 lower-case letters, digits and -' }]
  return []
}

function credentialFaults(value: unknown, path: string): ConfigurationFault[] {
  if (!isRecord(value)) return []
  const { profile, accessKeyId, secretAccessKey, sessionToken, externalId } = value
  const faults: ConfigurationFault[] = []
  const addMissing = (key: string, neededKey: string) =>
    faults.push({ path: `${path}.${key}`, message: `needs ${neededKey}, which is missing` })
  // A key whose reference could not be resolved is not missing: its own error is already reported.
  if (accessKeyId && !Object.hasOwn(value, 'secretAccessKey')) addMissing('accessKeyId', 'secretAccessKey')
  if (secretAccessKey && !Object.hasOwn(value, 'accessKeyId')) addMissing('secretAccessKey', 'accessKeyId')
  if (sessionToken && !Object.hasOwn(value, 'accessKeyId')) addMissing('sessionToken', 'accessKeyId')
  if (externalId && !Object.hasOwn(value, 'roleArn')) addMissing('externalId', 'roleArn')
  if (profile && accessKeyId)
    faults.push({ path: `${path}.profile`, message: 'use either a profile or keys, not both' })
  return faults
}

/**
 * Checks the settings of a PostgreSQL store. Several processes on one store need the same key, and cannot share an
 * embedded engine, so local accounts are not possible.
 */
function storeFaults(
  value: Readonly<Record<string, unknown>>,
  accounts: Readonly<Record<string, unknown>>,
): ConfigurationFault[] {
  const { store } = value
  const hasKey = Object.hasOwn(value, 'storeKey')
  if (typeof store !== 'string') return !hasKey ? [] : [{ path: 'storeKey', message: 'needs store, which is missing' }]
  const localAccounts = Object.entries(accounts).filter(([, account]) => isRecord(account) && account.mode === 'local')
  return [
    ...(/^postgres(ql)?:\/\/./.test(store)
      ? []
      : [{ path: 'store', message: 'expected the URL of a PostgreSQL database: postgres://…' }]),
    ...(!hasKey
      ? [
          {
            path: 'storeKey',
            message: 'missing; a PostgreSQL store needs a secret that all processes share: env:NAME or file:PATH',
          },
        ]
      : []),
    ...localAccounts.map(([name]) => ({
      path: `accounts.${name}`,
      message:
        'a local account runs in one process, but a PostgreSQL store is for several; ' +
        'use an AWS account or remove `store`',
    })),
  ]
}

/**
 * Checks the local accounts. They all share one engine, so they must have the same engine settings, and different
 * account numbers.
 */
function engineFaults(accounts: Readonly<Record<string, unknown>>): ConfigurationFault[] {
  const faults: ConfigurationFault[] = []
  /** The first account that has a value, by the key of an engine setting or by the account number. */
  const firstAccounts = new Map<string, { name: string; value: unknown }>()
  for (const [name, account] of Object.entries(accounts)) {
    if (!isRecord(account) || account.mode !== 'local') continue
    for (const key of ['pace', 'consistencyDelayMs', 'runtime', 'atClose', 'throttle', 'sessionsPerTask']) {
      const first = firstAccounts.get(key)
      if (account[key] === undefined) continue
      if (!first) firstAccounts.set(key, { name, value: account[key] })
      else if (first.value !== account[key]) {
        faults.push({
          path: `accounts.${name}.${key}`,
          message: `all local accounts share one engine, and ${first.name} sets ${first.value}`,
        })
      }
    }
    const number = localAccountNumber(name)
    const other = firstAccounts.get(number)
    if (other)
      faults.push({
        path: `accounts.${name}`,
        message: `has the same number (${number}) as ${other.name}; use another name`,
      })
    else firstAccounts.set(number, { name, value: number })
    faults.push(...portFaults(account.listen, `accounts.${name}.listen`))
  }
  return faults
}

function portFaults(address: unknown, path: string): ConfigurationFault[] {
  if (typeof address !== 'string') return []
  return Number(address.slice(address.lastIndexOf(':') + 1)) > 65535
    ? [{ path, message: 'the port must be at most 65535' }]
    : []
}

/** Checks that each text is a valid address or network. The schema has checked only its characters. */
function networkFaults(networks: unknown): ConfigurationFault[] {
  if (!Array.isArray(networks)) return []
  return networks.flatMap((text, i) => {
    if (typeof text !== 'string' || !/^[\da-fA-F:.]+(\/\d{1,3})?$/.test(text)) return []
    const [address = '', bits = '0'] = text.split('/')
    const isNetwork = isIP(address) > 0 && Number(bits) <= (isIP(address) === 4 ? 32 : 128)
    return isNetwork
      ? []
      : [{ path: `trustProxy.${i}`, message: 'expected an address or a network such as 10.0.0.0/8' }]
  })
}
