/** The settings of the gateway: a valid configuration with defaults filled in and references resolved. */
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

interface CommonSettings {
  name: string
  region: string
  /** The tag of the boundary (the configuration key `org`); the same for all accounts. */
  boundaryTag?: { key: string; value: string }
  /** The guardrails of this account, which apply in addition to those of all accounts. */
  guardrails?: GuardrailSettings
  /** The request buckets whose sizes differ from AWS's documented figures. */
  budget?: AwsAccountConfiguration['budget']
  /** How old the response to a read may be, if it differs from the default. */
  freshMs?: number | undefined
  defaults: { subnets?: string[]; securityGroups?: string[]; executionRoleArn?: string }
  /** The limits of sessions in containers that differ from the defaults. */
  exec?: AwsAccountConfiguration['exec']
  /** The SQS queue that receives the account's ECS events. */
  events?: { queueUrl: string } | undefined
  console?: AwsAccountConfiguration['console']
}

export interface AwsSettings
  extends CommonSettings,
    Pick<AwsAccountConfiguration, 'endpoint' | 'fips' | 'proxy' | 'ca' | 'timeouts'> {
  mode: 'aws'
  credentials: NonNullable<AwsAccountConfiguration['credentials']>
}

export interface LocalSettings extends CommonSettings {
  mode: 'local'
  /** Twelve digits, derived from the name. */
  number: string
}

/** The settings of the embedded engine, which all local accounts share. */
export interface EngineSettings {
  /** How fast tasks and deployments go through their states: at once, faster than in ECS, or as slowly as in ECS. */
  pace: NonNullable<LocalAccountConfiguration['pace']>
  /** For this time after a write, reads of the engine do not show the write. */
  consistencyDelayMs: number
  /** The container runtime: `auto`, `docker`, `podman`, `simulated`, or a socket. */
  runtime: string
  /** The engine applies ECS's request buckets. */
  throttle?: 'aws'
  /** The errors that the engine returns on purpose. `fault` is such as `DescribeServices=throttle:2`. */
  injectedFaults?: { account: string; fault: string }[]
  /** The number of ECS Exec sessions that a task may have at a time; 20 by default. */
  sessionsPerTask?: number
  /** Whether the engine stops or leaves real containers when the program ends. */
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
  clientId?: string
  clientSecret?: string
  scope?: string
  nameClaim: string
  rules: {
    claim: string
    value: string
    role: 'viewer' | 'operator' | 'admin'
    permissions?: 'exec'[]
    accounts?: string[]
    clusters?: string[]
    taskDefinitions?: string[]
  }[]
}

export interface Settings {
  listen: Address
  /** Whether other processes may listen on the same port (SO_REUSEPORT). */
  reusePort: boolean
  /** The data folder, or `:memory:`. */
  data: string
  /** The admin token, if it is configured. */
  token: string | undefined
  store: {
    /** `postgres://…`; undefined for SQLite in the data folder. */
    url: string | undefined
    /** The secret for hashes and encryption. When undefined, a secret is created in the data folder. */
    key: string | undefined
  }
  /** The OpenID Connect issuer whose JWTs are accepted. */
  oidc: OidcSettings | undefined
  /** The settings of the HTTP server. */
  http: {
    rateLimit: { requests: number; seconds: number }
    limits: Limits
    cors: { origins: string[] } | undefined
    /** The texts of PEM files. */
    tls: { cert: string; key: string } | undefined
    trustProxy: string[]
  }
  /** The guardrails of all accounts. */
  guardrails?: GuardrailSettings
  /** The lowest level that is logged. Entries of the audit log are always logged. */
  logLevel: 'info' | 'warn' | 'error'
  /** An address for /metrics alone, without authentication; by default /metrics is a route of the API. */
  metricsListen: Address | undefined
  /** How long audit entries are kept. */
  auditDays: number
  /** How long stopped tasks and events of services are kept. */
  historyDays: number
  /** The memory for cached responses, in MiB. */
  cacheMiB: number
  accounts: (AwsSettings | LocalSettings)[]
  engine: EngineSettings
  /** The configured addresses of the engine's AWS endpoint; when empty, the default port or a free one is used. */
  engineListen: Address[]
}
