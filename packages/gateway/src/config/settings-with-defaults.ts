/** Converts a valid configuration to the settings of the program, with the defaults of all keys. */
import { localAccountNumber } from './account-number.ts'
import { addressOf, defaultListen } from './address.ts'
import { defaultLimits, type Limits } from './limits.ts'
import type { AwsAccountConfiguration, LocalAccountConfiguration } from './schema.ts'
import type {
  AwsSettings,
  EngineSettings,
  GuardrailSettings,
  LocalSettings,
  OidcSettings,
  Settings,
} from './settings.ts'

/** A configuration without errors, with references resolved. */
export interface ValidConfiguration {
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

export function settingsWithDefaults(
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
