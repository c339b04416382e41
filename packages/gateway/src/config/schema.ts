/**
 * The schema of the configuration. It validates the configuration, and its annotations say which value is expected
 * (`expected`), which keys may refer to a secret (`reference`) and which keys do not work yet (`later`). Each key can
 * also be set by an environment variable: `accounts.nonprod.region` by `ECS_API_ACCOUNTS_NONPROD_REGION`.
 */
import { type RequestGroup, requestGroups } from '@ecs-api/ecs-model'
import type { Static, TSchema } from 'typebox'
import { Type } from '../typebox/type.ts'
import { limitsSchema } from './limits.ts'

/** Members that the gateway adds to a JSON Schema. Validators ignore them. */
export interface Annotations {
  /** Completes the message "expected …". */
  expected?: string
  /**
   * `secret`: in the file, the value must be a reference (`env:NAME` or `file:PATH`). `allowed`: it may be one. An
   * environment variable may hold the value itself in both cases.
   */
  reference?: 'secret' | 'allowed'
  /** The key is planned, but not built yet. */
  later?: true
  /** The key was removed: the reason, and the replacement. */
  removed?: string
  /** On the schema of an account: the keys that only accounts of the other mode have. */
  otherMode?: { mode: string; keys: readonly string[] }
}

/** The message for the removed key `workers`, its environment variable, and its option of the command `serve`. */
export const workersRemovalText =
  'removed: one process answers about 20,000 cached reads a second; to use more cores, run several processes on one ' +
  'PostgreSQL, with `reusePort: true` on one host or behind a load balancer'

const text = (expected: string, more: Annotations & { pattern?: string } = {}) =>
  Type.String({ minLength: 1, expected, ...more })
const removed = (reason: string) => Type.Optional(Type.Unsafe<never>({ not: {}, removed: reason }))
// For a key that is planned: setting it is an error, until it works.
const later = () => Type.Optional(Type.Unsafe<never>({ not: {}, later: true }))
const optional = <T extends TSchema>(schema: T) => Type.Optional(schema)

const address = '^(\\[[0-9a-fA-F:.]+\\]|[^:\\s]+):\\d{1,5}$'
const url = '^https?://[^\\s/]+'

const defaults = Type.Object(
  {
    subnets: optional(
      Type.Array(text('a subnet id such as subnet-0123456789abcdef0', { pattern: '^subnet-[0-9a-z]+$' }), {
        expected: 'a list of subnet ids',
      }),
    ),
    securityGroups: optional(
      Type.Array(text('a security group id such as sg-0123456789abcdef0', { pattern: '^sg-[0-9a-z]+$' }), {
        expected: 'a list of security group ids',
      }),
    ),
    executionRoleArn: optional(text('the ARN of an IAM role', { pattern: '^arn:[\\w-]+:iam::\\d{12}:role/.+$' })),
    logRetentionDays: later(),
    kmsKeyId: later(),
  },
  { additionalProperties: false, expected: 'a map of defaults' },
)

const listOf = (items: string, item: string) =>
  optional(Type.Array(text(item), { minItems: 1, expected: `a list of ${items}` }))
const guardrails = Type.Object(
  {
    registries: listOf('registries', 'a registry, or a glob such as *.dkr.ecr.*.amazonaws.com/*'),
    maxCpu: optional(Type.Integer({ minimum: 256, expected: 'CPU units, such as 4096' })),
    maxMemory: optional(Type.Integer({ minimum: 512, expected: 'MiB, such as 16384' })),
    maxCount: optional(Type.Integer({ minimum: 0, expected: 'a number of tasks' })),
    publicIp: optional(Type.Boolean({ expected: 'true or false' })),
    requiredTags: listOf('names of tags', 'the name of a tag'),
    // The roles that tasks and services may get.
    passRoles: listOf('ARNs of roles', 'the ARN of a role, or a glob'),
    forbiddenFields: listOf('fields', 'a field of ECS’s, such as pidMode'),
  },
  { additionalProperties: false, expected: 'a map of guardrails' },
)

const region = text('an AWS Region such as us-east-1', { pattern: '^[a-z]{2,}(-[a-z]+)+-\\d+$' })
const bucket = Type.Object(
  {
    burst: Type.Integer({ minimum: 1, maximum: 100_000, expected: 'calls at once' }),
    refill: Type.Number({ exclusiveMinimum: 0, maximum: 100_000, expected: 'calls a second' }),
  },
  { additionalProperties: false, expected: 'a map: burst and refill' },
)
const budget = Type.Unsafe<'off' | { [group in RequestGroup]?: Static<typeof bucket> }>({
  ...Type.Union([
    Type.Literal('off'),
    Type.Object(Object.fromEntries(Object.keys(requestGroups).map((group) => [group, optional(bucket)])), {
      additionalProperties: false,
    }),
  ]),
  expected: 'off, or a map from groups of actions to burst and refill',
})
const freshMs = Type.Integer({
  minimum: 50,
  maximum: 2000,
  expected: 'how old an answer may be, from 50 to 2000 milliseconds',
})
const events = Type.Object(
  { queueUrl: text('the URL of an SQS queue', { pattern: `${url}/\\d{12}/[\\w-]+(\\.fifo)?$` }) },
  { additionalProperties: false, expected: 'a map: queueUrl' },
)
const exec = Type.Object(
  {
    sessionsPerToken: optional(
      Type.Integer({ minimum: 1, maximum: 1000, expected: 'a number of sessions, from 1 to 1000' }),
    ),
    idleMinutes: optional(Type.Integer({ minimum: 1, maximum: 1440, expected: 'minutes, from 1 to 1440' })),
    maxMinutes: optional(Type.Integer({ minimum: 1, maximum: 1440, expected: 'minutes, from 1 to 1440' })),
    recordings: optional(text('the path of a folder')),
    recordingDays: optional(Type.Integer({ minimum: 1, maximum: 3650, expected: 'days, from 1 to 3650' })),
  },
  {
    additionalProperties: false,
    expected: 'a map: sessionsPerToken, idleMinutes, maxMinutes, recordings, recordingDays',
  },
)
const keysOfEveryAccount = {
  // For requests that do not name their own subnets, security groups or execution role.
  defaults: optional(defaults),
  // AWS's request limits for the account, where they differ from the documented ones.
  budget: optional(budget),
  freshMs: optional(freshMs),
  guardrails: optional(guardrails),
  // The queue from which the gateway receives the account's ECS events.
  events: optional(events),
  // Limits of ECS Exec sessions, and the folder in which their output is recorded.
  exec: optional(exec),
  console: optional(
    Type.Object(
      { colour: text('a colour such as "#c0271c"', { pattern: '^#[0-9a-fA-F]{6}$' }) },
      { additionalProperties: false, expected: 'a map: colour' },
    ),
  ),
}
const milliseconds = () =>
  optional(Type.Integer({ minimum: 1, maximum: 600_000, expected: 'milliseconds, from 1 to 600000' }))

const credentials = Type.Object(
  {
    profile: optional(text('the name of a profile in ~/.aws')),
    accessKeyId: optional(text('an access key id', { reference: 'allowed' })),
    secretAccessKey: optional(text('env:NAME or file:PATH', { reference: 'secret' })),
    sessionToken: optional(text('env:NAME or file:PATH', { reference: 'secret' })),
    roleArn: optional(text('the ARN of an IAM role', { pattern: '^arn:[\\w-]+:iam::\\d{12}:role/.+$' })),
    externalId: optional(text('an external id', { reference: 'allowed' })),
  },
  { additionalProperties: false, expected: 'a map: profile, or accessKeyId and secretAccessKey, or roleArn' },
)

const keysOfAwsAccounts = {
  credentials: optional(credentials),
  endpoint: optional(text('a URL', { pattern: url })),
  fips: optional(Type.Boolean({ expected: 'true or false' })),
  timeouts: optional(
    Type.Object(
      { connectMs: milliseconds(), answerMs: milliseconds(), callMs: milliseconds() },
      { additionalProperties: false, expected: 'a map: connectMs, answerMs, callMs' },
    ),
  ),
  proxy: optional(text('the URL of an HTTP proxy', { pattern: url, reference: 'allowed' })),
  ca: optional(text('file:PATH of a PEM file', { reference: 'secret' })),
}

const keysOfLocalAccounts = {
  listen: optional(text('host:port, such as 127.0.0.1:4566', { pattern: address })),
  // How fast the engine's simulated containers and its timeouts are.
  pace: optional(
    Type.Union([Type.Literal('instant'), Type.Literal('fast'), Type.Literal('real')], {
      expected: 'instant, fast or real',
    }),
  ),
  // For this time after a write, the engine's reads do not show the write, as on AWS.
  consistencyDelayMs: optional(
    Type.Integer({ minimum: 0, maximum: 60_000, expected: 'milliseconds, from 0 to 60000' }),
  ),
  runtime: optional(
    text('auto, docker, podman, simulated, or the path or URL of a socket', {
      pattern: '^(auto|docker|podman|simulated|/.+|unix:///.+|(tcp|http)://[^/:]+:\\d+)$',
    }),
  ),
  atClose: optional(
    Type.Union([Type.Literal('stop'), Type.Literal('leave')], {
      expected: 'stop or leave: what the gateway does with containers when it ends',
    }),
  ),
  throttle: optional(Type.Literal('aws', { expected: 'aws: the engine applies AWS’s documented request buckets' })),
  // The most ECS Exec sessions that a task has at a time.
  sessionsPerTask: optional(
    Type.Integer({ minimum: 0, maximum: 10_000, expected: 'a number of sessions, from 0 to 10000' }),
  ),
  // `throttle:2`: the next two calls of the action fail. `slow:500`: each call takes 500 ms more. `cut` and `half` run
  // the action, and close the connection without its response, or in the middle of it.
  fault: optional(
    Type.Array(
      text('ACTION=KIND[:N], such as DescribeServices=throttle:2', {
        pattern: '^(\\*|[A-Z][A-Za-z]+)=(slow:\\d+|(throttle|error|expired|denied|cut|half)(:\\d+)?)$',
      }),
      {
        expected: 'a list of faults',
      },
    ),
  ),
}

export const awsAccountSchema = Type.Object(
  {
    mode: optional(Type.Literal('aws', { expected: 'aws or local' })),
    region,
    ...keysOfEveryAccount,
    ...keysOfAwsAccounts,
  },
  { additionalProperties: false, otherMode: { mode: 'local', keys: Object.keys(keysOfLocalAccounts) } },
)

export const localAccountSchema = Type.Object(
  {
    mode: Type.Literal('local', { expected: 'aws or local' }),
    region: optional(region),
    ...keysOfEveryAccount,
    ...keysOfLocalAccounts,
  },
  { additionalProperties: false, otherMode: { mode: 'aws', keys: Object.keys(keysOfAwsAccounts) } },
)

const globs = (resources: string) =>
  optional(
    Type.Array(text(`names of ${resources}, or globs`), {
      minItems: 1,
      expected: `a list of names of ${resources}, or globs`,
    }),
  )
const claimRule = Type.Object(
  {
    claim: text('the name of a claim, such as groups'),
    value: text('the value of the claim, or a glob'),
    role: Type.Union([Type.Literal('viewer'), Type.Literal('operator'), Type.Literal('admin')], {
      expected: 'viewer, operator or admin',
    }),
    permissions: optional(
      Type.Array(Type.Literal('exec', { expected: 'exec' }), {
        minItems: 1,
        uniqueItems: true,
        expected: 'a list of permissions; the only one is exec',
      }),
    ),
    accounts: globs('accounts'),
    clusters: globs('clusters'),
    taskDefinitions: globs('families of task definitions'),
  },
  { additionalProperties: false, expected: 'a map: claim, value, role' },
)

const tagText = (maxLength: number) => `^[A-Za-z0-9 _.:/=+@-]{1,${maxLength}}$`
const orgValue = text('the value of a tag', { pattern: tagText(256) })
const org = Type.Union(
  [
    orgValue,
    Type.Object(
      { key: text('the key of a tag', { pattern: `(?!^[aA][wW][sS]:)${tagText(128)}` }), value: orgValue },
      { additionalProperties: false },
    ),
  ],
  { expected: 'a name such as myorg, or key and value of a tag' },
)

export const configurationSchema = Type.Object(
  {
    listen: optional(text('host:port, such as 127.0.0.1:8000', { pattern: address })),
    // Lets other processes listen at the same address, to share its connections.
    reusePort: optional(Type.Boolean({ expected: 'true or false' })),
    // The folder with the database, the generated token and the state of local accounts.
    data: optional(text('the path of a folder')),
    token: optional(text('env:NAME or file:PATH', { reference: 'secret' })),
    store: optional(text('the URL of a PostgreSQL database: postgres://…', { reference: 'allowed' })),
    // Encrypts secrets in the store.
    storeKey: optional(text('env:NAME or file:PATH', { reference: 'secret' })),
    workers: removed(workersRemovalText),
    // How long the entries of the audit log are stored.
    auditDays: optional(Type.Integer({ minimum: 1, maximum: 3650, expected: 'days, from 1 to 3650' })),
    // How long stopped tasks and events of services are stored.
    historyDays: optional(Type.Integer({ minimum: 1, maximum: 3650, expected: 'days, from 1 to 3650' })),
    oidc: optional(
      Type.Object(
        {
          issuer: text('the URL of an OpenID Connect issuer', { pattern: '^https?://[^\\s]+$' }),
          audience: text('the audience that JWTs must be for'),
          jwksUri: optional(text('the URL of the issuer’s keys', { pattern: '^https?://[^\\s]+$' })),
          clientId: optional(text('the id of the gateway as a client of the issuer')),
          clientSecret: optional(text('env:NAME or file:PATH of the client’s secret', { reference: 'secret' })),
          scope: optional(text('scopes, separated by spaces', { pattern: '^openid( |$)' })),
          nameClaim: optional(text('the name of a claim')),
          rules: Type.Array(claimRule, { minItems: 1, expected: 'a list of rules' }),
        },
        { additionalProperties: false, expected: 'a map: issuer, audience and rules' },
      ),
    ),
    // The number of requests that each token may send in a time.
    rateLimit: optional(
      Type.Object(
        {
          requests: Type.Integer({ minimum: 1, maximum: 10_000_000, expected: 'a number of requests' }),
          seconds: Type.Integer({ minimum: 1, maximum: 3600, expected: 'seconds, from 1 to 3600' }),
        },
        { additionalProperties: false, expected: 'a map: requests and seconds' },
      ),
    ),
    limits: optional(limitsSchema),
    cors: optional(
      Type.Object(
        {
          origins: Type.Array(
            text('an origin such as https://portal.example.org, or *', { pattern: '^(\\*|https?://[^/\\s]+)$' }),
            {
              minItems: 1,
              expected: 'a list of origins',
            },
          ),
        },
        { additionalProperties: false, expected: 'a map: origins' },
      ),
    ),
    tls: optional(
      Type.Object(
        {
          cert: text('file:PATH of a PEM file', { reference: 'secret' }),
          key: text('file:PATH of a PEM file', { reference: 'secret' }),
        },
        { additionalProperties: false, expected: 'a map: cert and key' },
      ),
    ),
    // The proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` headers are used.
    trustProxy: optional(
      Type.Array(text('an address or a network such as 10.0.0.0/8', { pattern: '^[0-9a-fA-F:.]+(/\\d{1,3})?$' }), {
        expected: 'a list of addresses and networks',
      }),
    ),
    logLevel: optional(
      Type.Union([Type.Literal('info'), Type.Literal('warn'), Type.Literal('error')], {
        expected: 'info, warn or error',
      }),
    ),
    // An address for `/metrics` alone, where it needs no token.
    metrics: optional(
      Type.Object(
        { listen: text('host:port, such as 127.0.0.1:9464', { pattern: address }) },
        { additionalProperties: false, expected: 'a map: listen' },
      ),
    ),
    // The published key of the memory for cached responses, which the code calls `cacheMiB`.
    viewsMiB: optional(
      Type.Integer({ minimum: 1, maximum: 65_536, expected: 'MiB of memory for cached responses, from 1 to 65536' }),
    ),
    // Limits the gateway to resources with this tag. The code calls it the boundary (`boundaryTag`).
    org: optional(org),
    guardrails: optional(guardrails),
    events: later(),
    accounts: optional(
      Type.Record(Type.String(), Type.Object({}, { expected: 'a map: an account' }), {
        expected: 'a map from account names to accounts',
        minProperties: 1,
      }),
    ),
  },
  { additionalProperties: false, expected: 'a map of keys' },
)

export type AwsAccountConfiguration = Static<typeof awsAccountSchema>
export type LocalAccountConfiguration = Static<typeof localAccountSchema>
