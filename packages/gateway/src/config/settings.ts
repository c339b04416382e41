/** What a checked configuration amounts to: every default filled in, every reference followed. */
import type { Limits } from './limits.ts'
import type { AwsAccountConfiguration, LocalAccountConfiguration } from './schema.ts'

export interface GuardrailSettings {
  registries?: string[]
  maxCpu?: number
  maxMemory?: number
  maxCount?: number
  publicIp?: boolean
  requiredTags?: string[]
  passRoles?: string[]
  forbiddenFields?: string[]
}

interface Named {
  name: string
  region: string
  /** The tag of the boundary; the same for all accounts. */
  org?: { key: string; value: string }
  /** Beside those of every account. */
  guardrails?: GuardrailSettings
  /** What differs from AWS's own request buckets. */
  budget?: AwsAccountConfiguration['budget']
  /** How old what is read may be, where it isn't the usual. */
  freshMs?: number | undefined
  defaults: { subnets?: string[]; securityGroups?: string[]; executionRoleArn?: string }
  /** The queue that tells of what changes in ECS. */
  events?: { queueUrl: string } | undefined
}

export interface AwsSettings
  extends Named,
    Pick<AwsAccountConfiguration, 'endpoint' | 'fips' | 'proxy' | 'ca' | 'timeouts'> {
  mode: 'aws'
  credentials: NonNullable<AwsAccountConfiguration['credentials']>
}

export interface LocalSettings extends Named {
  mode: 'local'
  /** Twelve digits, derived from the name. */
  number: string
}

/** How the embedded engine behaves, for all local accounts. */
export interface EngineSettings {
  pace: NonNullable<LocalAccountConfiguration['pace']>
  consistencyDelayMs: number
  /** What runs the containers: `auto`, `docker`, `podman`, `simulated`, or a socket. */
  runtime: string
  /** ECS's request buckets count. */
  throttle?: 'aws'
  /** What goes wrong on purpose, by account number: `DescribeServices=throttle:2`. */
  faults?: { account: string; fault: string }[]
  /** What becomes of real containers when the program ends. */
  atClose: NonNullable<LocalAccountConfiguration['atClose']>
}

export interface Address {
  host: string
  port: number
}

export interface OidcSettings {
  issuer: string
  audience: string
  jwksUri?: string
  nameClaim: string
  rules: {
    claim: string
    value: string
    role: 'viewer' | 'operator' | 'admin'
    accounts?: string[]
    clusters?: string[]
    taskDefinitions?: string[]
  }[]
}

export interface Settings {
  listen: Address
  /** Whether other processes may listen on the same port, each by itself. */
  reusePort: boolean
  /** The folder of everything that this process keeps, or `:memory:`. */
  data: string
  /** The admin's token, where it is configured. */
  token: string | undefined
  store: {
    /** `postgres://…`; without it SQLite in the data folder. */
    url: string | undefined
    /** For keyed hashes; without it the data folder keeps one. */
    key: string | undefined
  }
  /** Whose JWTs are accepted too. */
  oidc: OidcSettings | undefined
  /** How the front door meets the network. */
  http: {
    rateLimit: { requests: number; seconds: number }
    limits: Limits
    cors: { origins: string[] } | undefined
    /** PEM. */
    tls: { cert: string; key: string } | undefined
    trustProxy: string[]
  }
  /** Of every account. */
  guardrails?: GuardrailSettings
  /** Lines below it are left out of the log; the audit's never are. */
  logLevel: 'info' | 'warn' | 'error'
  /** An address for /metrics alone, open to whoever reaches it; without it, it is a route like any other. */
  metricsListen: Address | undefined
  /** How long the audit is kept. */
  auditDays: number
  /** How long stopped tasks and services’ events are kept that were seen. */
  historyDays: number
  /** What ready answers may take in memory, MiB. */
  viewsMiB: number
  accounts: (AwsSettings | LocalSettings)[]
  engine: EngineSettings
  /** Where the engine's own AWS endpoint is to listen; without any, on the usual port or a free one. None when there is no local account. */
  engineListen: Address[]
}
