/**
 * Reads the configuration: merges the file and the environment, resolves references to secrets, validates, and fills in
 * defaults. All errors are reported at once.
 */
import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { dirname, resolve } from 'node:path'
import { errorText } from '../problems/problem.ts'
import { localAccountNumber } from './account-number.ts'
import { certificateFaults } from './certificates.ts'
import { withEnvironment } from './environment.ts'
import { BrokenConfiguration, type ConfigurationFault, findFaults, isRecord } from './faults.ts'
import { defaultLimits, type Limits } from './limits.ts'
import {
  type Annotations,
  type AwsAccountConfiguration,
  awsAccountSchema,
  configurationSchema,
  type LocalAccountConfiguration,
  localAccountSchema,
} from './schema.ts'
import type {
  Address,
  AwsSettings,
  EngineSettings,
  GuardrailSettings,
  LocalSettings,
  OidcSettings,
  Settings,
} from './settings.ts'
import { weakTokenFault } from './token-strength.ts'

const defaultFile = 'ecs-api.yaml'
const defaultListen = '127.0.0.1:8000'
/** First segments of the API's paths that do not name an account. */
const reservedNames = new Set(['ping', 'version', 'accounts', 'audit', 'images', 'me', 'tokens', 'exec'])

export interface ConfigurationSource {
  /** The value of `--config`; by default `ECS_API_CONFIG`, or ecs-api.yaml when it exists. */
  file?: string | undefined
  environment: Readonly<Record<string, string | undefined>>
}

/** @throws BrokenConfiguration with all errors */
export async function readConfiguration({ file, environment }: ConfigurationSource): Promise<Settings> {
  const requestedFile = file ?? environment.ECS_API_CONFIG
  const path = requestedFile ?? defaultFile
  const text = readFile(path, { isRequired: requestedFile !== undefined })
  const source = text === undefined ? 'The configuration' : `The configuration ${path}`
  const fileValue = text === undefined ? {} : await parseYaml(source, text)
  const rootFaults = findFaults({ type: 'object', expected: 'a map of keys' }, fileValue, '')
  if (rootFaults.length > 0) throw new BrokenConfiguration(source, rootFaults)

  const { value, faults, fromEnvironment } = withEnvironment(fileValue as Record<string, unknown>, environment)
  faults.push(...findFaults(configurationSchema, value, ''))
  const context = { folder: dirname(resolve(path)), environment, fromEnvironment, faults }
  resolveReferences(value, configurationSchema.properties, '', context)

  const accounts: Record<string, unknown> = isRecord(value.accounts) ? value.accounts : { local: { mode: 'local' } }
  for (const [name, account] of Object.entries(accounts)) {
    const accountPath = `accounts.${name}`
    faults.push(...nameFaults(name, accountPath))
    if (!isRecord(account)) continue
    const schema = account.mode === 'local' ? localAccountSchema : awsAccountSchema
    faults.push(...findFaults(schema, account, accountPath))
    resolveReferences(account, schema.properties, accountPath, context)
    faults.push(...credentialFaults(account.credentials, `${accountPath}.credentials`))
  }
  faults.push(...engineFaults(accounts), ...storeFaults(value, accounts), ...portFaults(value.listen, 'listen'))
  if (isRecord(value.metrics)) faults.push(...portFaults(value.metrics.listen, 'metrics.listen'))
  faults.push(...networkFaults(value.trustProxy))
  const tokenFault =
    typeof value.listen === 'string' || value.listen === undefined
      ? weakTokenFault(stringOrUndefined(value.token), addressOf(value.listen ?? defaultListen))
      : undefined
  if (tokenFault) faults.push({ path: 'token', message: tokenFault })
  // A certificate is not checked when its file could not be read, because that error is already reported.
  const reported = new Set(faults.map(({ path }) => path))
  faults.push(...(await certificateFaults(value.tls, accounts)).filter(({ path }) => !reported.has(path)))
  if (faults.length > 0) throw new BrokenConfiguration(source, faults)
  return settingsOf(
    value as ValidConfiguration,
    accounts as Record<string, AwsAccountConfiguration | LocalAccountConfiguration>,
  )
}

/** A configuration without errors, with references resolved. */
interface ValidConfiguration {
  listen?: string
  reusePort?: boolean
  data?: string
  token?: string
  store?: string
  storeKey?: string
  auditDays?: number
  historyDays?: number
  guardrails?: GuardrailSettings
  /** The boundary's tag, or only its value. */
  org?: string | { key: string; value: string }
  oidc?: Omit<OidcSettings, 'nameClaim'> & { nameClaim?: string }
  rateLimit?: Settings['http']['rateLimit']
  limits?: Partial<Limits>
  cors?: Settings['http']['cors']
  tls?: Settings['http']['tls']
  trustProxy?: string[]
  logLevel?: Settings['logLevel']
  metrics?: { listen: string }
  /** The memory for cached responses (`Settings.cacheMiB`). */
  viewsMiB?: number
}

/** High enough for a portal whose clients share one token, low enough to stop a client that loops without a pause. */
const defaultRateLimit = { requests: 20_000, seconds: 10 }

/** The key of the boundary's tag, when `org` is only a name. */
const defaultOrgKey = 'ecs-api:org'

/** Converts a valid configuration to the settings of the program, with defaults filled in. */
function settingsOf(
  {
    listen,
    reusePort = false,
    data = './data',
    token,
    store,
    storeKey,
    auditDays = 400,
    historyDays = 30,
    oidc,
    rateLimit = defaultRateLimit,
    limits,
    cors,
    tls,
    trustProxy = [],
    logLevel = 'info',
    metrics,
    viewsMiB: cacheMiB = 64,
    guardrails,
    org,
  }: ValidConfiguration,
  accounts: Record<string, AwsAccountConfiguration | LocalAccountConfiguration>,
): Settings {
  const localAccounts = Object.values(accounts).filter((account) => account.mode === 'local')
  const injectedFaults = Object.entries(accounts).flatMap(([name, account]) =>
    account.mode === 'local'
      ? (account.fault ?? []).map((fault) => ({ account: localAccountNumber(name), fault }))
      : [],
  )
  const throttle = localAccounts.find((account) => account.throttle)?.throttle
  const sessionsPerTask = localAccounts.find((account) => account.sessionsPerTask !== undefined)?.sessionsPerTask
  const endpoints = localAccounts.flatMap((account) => (account.listen ? [addressOf(account.listen)] : []))
  return {
    listen: addressOf(listen ?? defaultListen),
    reusePort,
    data,
    token,
    store: { url: store, key: storeKey },
    oidc: oidc && { nameClaim: 'sub', ...oidc },
    http: { rateLimit, limits: { ...defaultLimits, ...limits }, cors, tls, trustProxy },
    logLevel,
    metricsListen: metrics && addressOf(metrics.listen),
    auditDays,
    historyDays,
    ...(guardrails && { guardrails }),
    cacheMiB,
    accounts: Object.entries(accounts).map(([name, account]) => ({
      ...(account.mode === 'local' ? localSettings(name, account, throttle) : awsSettings(name, account)),
      ...(org !== undefined && { boundaryTag: typeof org === 'string' ? { key: defaultOrgKey, value: org } : org }),
    })),
    engine: {
      pace: localAccounts.find(({ pace }) => pace)?.pace ?? 'fast',
      consistencyDelayMs:
        localAccounts.find(({ consistencyDelayMs }) => consistencyDelayMs !== undefined)?.consistencyDelayMs ?? 0,
      runtime: localAccounts.find(({ runtime }) => runtime)?.runtime ?? 'auto',
      atClose: localAccounts.find(({ atClose }) => atClose)?.atClose ?? 'stop',
      ...(throttle && { throttle }),
      ...(sessionsPerTask !== undefined && { sessionsPerTask }),
      ...(injectedFaults.length > 0 && { injectedFaults }),
    },
    engineListen: endpoints,
  }
}

function localSettings(
  name: string,
  account: LocalAccountConfiguration,
  engineThrottle: EngineSettings['throttle'],
): LocalSettings {
  const { region = 'us-east-1', defaults = {}, freshMs, guardrails, events, exec, console } = account
  // An engine without `throttle` has no request buckets, so its accounts need no budget.
  const budget = account.budget ?? (engineThrottle && {})
  const optionalSettings = {
    ...(budget && { budget }),
    ...(freshMs && { freshMs }),
    ...(guardrails && { guardrails }),
    ...(events && { events }),
    ...(exec && { exec }),
    ...(console && { console }),
  }
  return { mode: 'local', name, number: localAccountNumber(name), region, defaults, ...optionalSettings }
}

function awsSettings(
  name: string,
  { mode: _, region, credentials = {}, defaults = {}, ...optionalSettings }: AwsAccountConfiguration,
): AwsSettings {
  return { mode: 'aws', name, region, credentials, defaults, ...optionalSettings }
}

/** Returns undefined for a file that does not exist and is not required. */
function readFile(path: string, { isRequired }: { isRequired: boolean }): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (!isRequired && (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new BrokenConfiguration(`The configuration ${path}`, [
      { path: '', message: `cannot be read (${(error as NodeJS.ErrnoException).code})` },
    ])
  }
}

async function parseYaml(source: string, text: string): Promise<unknown> {
  const { parseDocument } = await import('yaml')
  const document = parseDocument(text)
  if (document.errors.length > 0) {
    throw new BrokenConfiguration(
      source,
      document.errors.map(({ message }) => ({ path: '', message: message.split('\n')[0]!.replace(/:$/, '') })),
    )
  }
  try {
    return document.toJS() ?? {}
  } catch (error) {
    // YAML reads an unquoted `*` as an alias of an anchor, which does not exist.
    throw new BrokenConfiguration(source, [
      { path: '', message: `${errorText(error)} (a value that begins with * or & must be quoted)` },
    ])
  }
}

interface ReferenceContext {
  /** Relative paths in references are relative to this folder. */
  folder: string
  environment: ConfigurationSource['environment']
  /** Paths of keys that environment variables set: they may hold the secret itself. */
  fromEnvironment: readonly string[]
  /** Errors are added here. */
  faults: ConfigurationFault[]
}

/** Replaces each `env:NAME` and `file:PATH` by the value that it refers to. */
function resolveReferences(
  value: Record<string, unknown>,
  properties: Readonly<Record<string, object>>,
  parentPath: string,
  context: ReferenceContext,
): void {
  for (const [key, schema] of Object.entries(properties)) {
    const path = parentPath ? `${parentPath}.${key}` : key
    const { reference, properties: nested } = schema as Annotations & { properties?: Record<string, object> }
    const current = value[key]
    if (nested && isRecord(current)) resolveReferences(current, nested, path, context)
    if (!reference || typeof current !== 'string') continue
    const [, kind, target] = /^(env|file):(.+)$/s.exec(current) ?? []
    if (kind && target) value[key] = resolveReference(kind, target, path, context)
    else if (context.fromEnvironment.includes(path)) continue
    else if (reference === 'secret')
      context.faults.push({
        path,
        message: 'a secret must not be in the configuration file; expected env:NAME or file:PATH',
      })
    else if (hasPassword(current))
      context.faults.push({
        path,
        message: 'a password must not be in the configuration file; put the whole URL into env:NAME or file:PATH',
      })
  }
}

function stringOrUndefined(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function hasPassword(text: string): boolean {
  return /^[a-z+]+:\/\/[^/?#\s]*:[^/?#@\s]+@/i.test(text) || /[?&]password=[^&#]/i.test(text)
}

/** Returns the referenced value. When the variable is not set or the file cannot be read, adds an error instead. */
function resolveReference(
  kind: string,
  target: string,
  path: string,
  { folder, environment, faults }: ReferenceContext,
): string | undefined {
  if (kind === 'env') {
    if (!environment[target]) faults.push({ path, message: `the environment variable ${target} is not set` })
    return environment[target]
  }
  try {
    const text = readFileSync(resolve(folder, target), 'utf8').trim()
    if (!text) faults.push({ path, message: `the file ${target} is empty` })
    return text
  } catch (error) {
    faults.push({ path, message: `the file ${target} cannot be read (${(error as NodeJS.ErrnoException).code})` })
    return undefined
  }
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
  value: Record<string, unknown>,
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

function addressOf(text: string): Address {
  const colon = text.lastIndexOf(':')
  return { host: text.slice(0, colon).replace(/^\[(.*)\]$/, '$1'), port: Number(text.slice(colon + 1)) }
}
