/** Reading the configuration: file, environment, defaults; checking it; following its references. */
import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { dirname, resolve } from 'node:path'
import { localNumber } from './account-number.ts'
import { certificateFaults } from './certificates.ts'
import { withEnvironment } from './environment.ts'
import { BrokenConfiguration, type ConfigurationFault, faultsUnder, isRecord } from './faults.ts'
import { type Limits, usualLimits } from './limits.ts'
import {
  type Annotations,
  type AwsAccountConfiguration,
  awsAccount,
  configuration,
  type LocalAccountConfiguration,
  localAccount,
} from './schema.ts'
import type { Address, AwsSettings, GuardrailSettings, LocalSettings, OidcSettings, Settings } from './settings.ts'
import { weakTokenFault } from './token-strength.ts'

const defaultFile = 'ecs-api.yaml'
const usualListen = '127.0.0.1:8000'
/** Words that the base path uses itself. */
const takenNames = new Set(['ping', 'version', 'accounts', 'images', 'tokens'])

export interface Source {
  /** `--config`; else `ECS_API_CONFIG`, else ecs-api.yaml when it is there. */
  file?: string | undefined
  environment: Readonly<Record<string, string | undefined>>
}

/** @throws BrokenConfiguration with every fault */
export async function readConfiguration({ file, environment }: Source): Promise<Settings> {
  const named = file ?? environment.ECS_API_CONFIG
  const path = named ?? defaultFile
  const text = textOf(path, named !== undefined)
  const source = text === undefined ? 'The configuration' : `The configuration ${path}`
  const written = text === undefined ? {} : await parsed(source, text)
  const fault = text === undefined ? [] : faultsUnder({ type: 'object', expected: 'a map of keys' }, written, '')
  if (fault.length > 0) throw new BrokenConfiguration(source, fault)

  const { value, faults, given } = withEnvironment(written as Record<string, unknown>, environment)
  faults.push(...faultsUnder(configuration, value, ''))
  const follow = { folder: dirname(resolve(path)), environment, given, faults }
  followReferences(value, configuration.properties, '', follow)

  const accounts: Record<string, unknown> = isRecord(value.accounts) ? value.accounts : { local: { mode: 'local' } }
  for (const [name, account] of Object.entries(accounts)) {
    const at = `accounts.${name}`
    faults.push(...nameFaults(name, at))
    if (!isRecord(account)) continue
    const schema = account.mode === 'local' ? localAccount : awsAccount
    faults.push(...faultsUnder(schema, account, at))
    followReferences(account, schema.properties, at, follow)
    faults.push(...credentialFaults(account.credentials, `${at}.credentials`))
  }
  faults.push(...engineFaults(accounts), ...storeFaults(value, accounts), ...portFaults(value.listen, 'listen'))
  if (isRecord(value.metrics)) faults.push(...portFaults(value.metrics.listen, 'metrics.listen'))
  faults.push(...networkFaults(value.trustProxy))
  const weak =
    typeof value.listen === 'string' || value.listen === undefined
      ? weakTokenFault(textAt(value.token), addressOf(value.listen ?? usualListen))
      : undefined
  if (weak) faults.push({ path: 'token', message: weak })
  // A reference that led nowhere has been told.
  const told = new Set(faults.map(({ path }) => path))
  faults.push(...(await certificateFaults(value.tls, accounts)).filter(({ path }) => !told.has(path)))
  if (faults.length > 0) throw new BrokenConfiguration(source, faults)
  return settingsOf(value as Checked, accounts as Record<string, AwsAccountConfiguration | LocalAccountConfiguration>)
}

interface Checked {
  listen?: string
  reusePort?: boolean
  data?: string
  token?: string
  store?: string
  storeKey?: string
  auditDays?: number
  historyDays?: number
  guardrails?: GuardrailSettings
  org?: string | { key: string; value: string }
  oidc?: Omit<OidcSettings, 'nameClaim'> & { nameClaim?: string }
  rateLimit?: Settings['http']['rateLimit']
  limits?: Partial<Limits>
  cors?: Settings['http']['cors']
  tls?: Settings['http']['tls']
  trustProxy?: string[]
  logLevel?: Settings['logLevel']
  metrics?: { listen: string }
  viewsMiB?: number
}

/** For all clients behind one portal's token; a loop without a pause is more. */
const usualRate = { requests: 20_000, seconds: 10 }

/** Of the tag that marks what is the organisation's, where only a name is given. */
const usualOrgKey = 'ecs-api:org'

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
    rateLimit = usualRate,
    limits,
    cors,
    tls,
    trustProxy = [],
    logLevel = 'info',
    metrics,
    viewsMiB = 64,
    guardrails,
    org,
  }: Checked,
  accounts: Record<string, AwsAccountConfiguration | LocalAccountConfiguration>,
): Settings {
  const locals = Object.values(accounts).filter((account) => account.mode === 'local')
  const faults = Object.entries(accounts).flatMap(([name, account]) =>
    account.mode === 'local' ? (account.fault ?? []).map((fault) => ({ account: localNumber(name), fault })) : [],
  )
  const throttle = locals.find((account) => account.throttle)?.throttle
  const endpoints = locals.flatMap((account) => (account.listen ? [addressOf(account.listen)] : []))
  return {
    listen: addressOf(listen ?? usualListen),
    reusePort,
    data,
    token,
    store: { url: store, key: storeKey },
    oidc: oidc && { nameClaim: 'sub', ...oidc },
    http: { rateLimit, limits: { ...usualLimits, ...limits }, cors, tls, trustProxy },
    logLevel,
    metricsListen: metrics && addressOf(metrics.listen),
    auditDays,
    historyDays,
    ...(guardrails && { guardrails }),
    viewsMiB,
    accounts: Object.entries(accounts).map(([name, account]) => ({
      ...(account.mode === 'local' ? localSettings(name, account) : awsSettings(name, account)),
      ...(org !== undefined && { org: typeof org === 'string' ? { key: usualOrgKey, value: org } : org }),
    })),
    engine: {
      pace: locals.find(({ pace }) => pace)?.pace ?? 'fast',
      consistencyDelayMs:
        locals.find(({ consistencyDelayMs }) => consistencyDelayMs !== undefined)?.consistencyDelayMs ?? 0,
      runtime: locals.find(({ runtime }) => runtime)?.runtime ?? 'auto',
      atClose: locals.find(({ atClose }) => atClose)?.atClose ?? 'stop',
      ...(throttle && { throttle }),
      ...(faults.length > 0 && { faults }),
    },
    engineListen: endpoints,
  }
}

function localSettings(name: string, account: LocalAccountConfiguration): LocalSettings {
  const { region = 'us-east-1', defaults = {}, throttle, freshMs, guardrails, events } = account
  // An engine without buckets needs no minding.
  const budget = account.budget ?? (throttle && {})
  const given = {
    ...(budget && { budget }),
    ...(freshMs && { freshMs }),
    ...(guardrails && { guardrails }),
    ...(events && { events }),
  }
  return { mode: 'local', name, number: localNumber(name), region, defaults, ...given }
}

function awsSettings(
  name: string,
  { mode: _, region, credentials = {}, defaults = {}, ...rest }: AwsAccountConfiguration,
): AwsSettings {
  return { mode: 'aws', name, region, credentials, defaults, ...rest }
}

function textOf(path: string, wanted: boolean): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (!wanted && (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new BrokenConfiguration(`The configuration ${path}`, [
      { path: '', message: `cannot be read (${(error as NodeJS.ErrnoException).code})` },
    ])
  }
}

async function parsed(source: string, text: string): Promise<unknown> {
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
    // An unquoted `*` is an alias, here of nothing.
    const message = error instanceof Error ? error.message : String(error)
    throw new BrokenConfiguration(source, [
      { path: '', message: `${message} (a value that begins with * or & must be quoted)` },
    ])
  }
}

interface Follow {
  folder: string
  environment: Source['environment']
  /** Paths that the environment gave: there a secret is itself, not a reference. */
  given: readonly string[]
  faults: ConfigurationFault[]
}

/** Puts in the place of each `env:NAME` and `file:PATH` what it refers to. */
function followReferences(
  value: Record<string, unknown>,
  properties: Readonly<Record<string, object>>,
  at: string,
  follow: Follow,
): void {
  for (const [key, schema] of Object.entries(properties)) {
    const path = at ? `${at}.${key}` : key
    const { reference, properties: below } = schema as Annotations & { properties?: Record<string, object> }
    const current = value[key]
    if (below && isRecord(current)) followReferences(current, below, path, follow)
    if (!reference || typeof current !== 'string') continue
    const [, kind, target] = /^(env|file):(.+)$/s.exec(current) ?? []
    if (kind && target) value[key] = referredTo(kind, target, path, follow)
    else if (follow.given.includes(path)) continue
    else if (reference === 'secret')
      follow.faults.push({ path, message: 'a secret does not stand in the file; expected env:NAME or file:PATH' })
    else if (hasPassword(current))
      follow.faults.push({
        path,
        message: 'a password does not stand in the file; put the whole URL into env:NAME or file:PATH',
      })
  }
}

function textAt(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function hasPassword(text: string): boolean {
  return /^[a-z+]+:\/\/[^/?#\s]*:[^/?#@\s]+@/i.test(text)
}

function referredTo(
  kind: string,
  target: string,
  path: string,
  { folder, environment, faults }: Follow,
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
  if (takenNames.has(name)) return [{ path, message: `${name} is a word of the base path; take another name` }]
  if (/^\d{12}$/.test(name)) return [{ path, message: 'an account’s name is not its number; take a word' }]
  if (!/^[a-z0-9-]{1,63}$/.test(name)) return [{ path, message: 'a name is lower-case letters, digits and -' }]
  return []
}

function credentialFaults(value: unknown, path: string): ConfigurationFault[] {
  if (!isRecord(value)) return []
  const { profile, accessKeyId, secretAccessKey, sessionToken, roleArn, externalId } = value
  const faults: ConfigurationFault[] = []
  const needs = (key: string, other: string) =>
    faults.push({ path: `${path}.${key}`, message: `goes with ${other}, which is missing` })
  // A key whose reference led nowhere is given all the same: that fault has been told.
  if (accessKeyId && !Object.hasOwn(value, 'secretAccessKey')) needs('accessKeyId', 'secretAccessKey')
  if (secretAccessKey && !Object.hasOwn(value, 'accessKeyId')) needs('secretAccessKey', 'accessKeyId')
  if (sessionToken && !accessKeyId) needs('sessionToken', 'accessKeyId')
  if (externalId && !roleArn) needs('externalId', 'roleArn')
  if (profile && accessKeyId) faults.push({ path: `${path}.profile`, message: 'give either a profile or keys' })
  return faults
}

/** Several processes on one store need one key, and can't each have an engine of their own. */
function storeFaults(
  value: Record<string, unknown>,
  accounts: Readonly<Record<string, unknown>>,
): ConfigurationFault[] {
  const { store } = value
  const hasKey = Object.hasOwn(value, 'storeKey')
  if (typeof store !== 'string')
    return !hasKey ? [] : [{ path: 'storeKey', message: 'goes with store, which is missing' }]
  const locals = Object.entries(accounts).filter(([, account]) => isRecord(account) && account.mode === 'local')
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
    ...locals.map(([name]) => ({
      path: `accounts.${name}`,
      message:
        'a local account lives in one process; with a PostgreSQL store there may be several, so take an AWS account or leave `store` out',
    })),
  ]
}

/** All local accounts live in one engine, so what they say about it must agree; and each needs a number of its own. */
function engineFaults(accounts: Readonly<Record<string, unknown>>): ConfigurationFault[] {
  const faults: ConfigurationFault[] = []
  const firsts = new Map<string, { name: string; value: unknown }>()
  for (const [name, account] of Object.entries(accounts)) {
    if (!isRecord(account) || account.mode !== 'local') continue
    for (const key of ['pace', 'consistencyDelayMs', 'runtime', 'atClose', 'throttle']) {
      const first = firsts.get(key)
      if (account[key] === undefined) continue
      if (!first) firsts.set(key, { name, value: account[key] })
      else if (first.value !== account[key]) {
        faults.push({
          path: `accounts.${name}.${key}`,
          message: `all local accounts live in one engine, and ${first.name} says ${first.value}`,
        })
      }
    }
    const number = localNumber(name)
    const other = firsts.get(number)
    if (other)
      faults.push({
        path: `accounts.${name}`,
        message: `has the same number (${number}) as ${other.name}; take another name`,
      })
    else firsts.set(number, { name, value: number })
    faults.push(...portFaults(account.listen, `accounts.${name}.listen`))
  }
  return faults
}

function portFaults(address: unknown, path: string): ConfigurationFault[] {
  if (typeof address !== 'string') return []
  return Number(address.slice(address.lastIndexOf(':') + 1)) > 65535
    ? [{ path, message: 'a port is at most 65535' }]
    : []
}

/** Beyond the schema's pattern: that each is one. */
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
