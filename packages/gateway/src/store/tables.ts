/**
 * The tables of the store, the same in SQLite and PostgreSQL. Times are text, ISO 8601 in UTC, so that they sort in the
 * order of time. Structured values are JSON text. Encrypted values need the store's key.
 */
export interface Tables {
  tokens: TokenRow
  idempotency_keys: IdempotencyRow
  audit: AuditRow
  processes: ProcessRow
  stopped_tasks: StoppedTaskRow
  service_events: ServiceEventRow
  feeds: FeedRow
  feed_events: FeedEventRow
  releases: ReleaseRow
  deployment_claims: DeploymentClaimRow
  exec_sessions: ExecSessionRow
  exec_urls: ExecUrlRow
  browser_sessions: BrowserSessionRow
  one_time_codes: OneTimeCodeRow
  oidc_sign_ins: OidcSignInRow
}

export interface TokenRow {
  /** The public part of the token, which identifies it. */
  id: string
  name: string
  /** SHA-256 of the whole token, hexadecimal. */
  hash: string
  role: string
  /** The fence: globs as JSON lists; null allows everything. */
  accounts: string | null
  clusters: string | null
  /** Globs of task definition families. */
  task_definitions: string | null
  /** Permissions beside those of the role, as a JSON list; null for none. */
  permissions: string | null
  created_at: string
  created_by: string
  expires_at: string | null
  last_used_at: string | null
}

export interface IdempotencyRow {
  /** The name that identifies the caller's token or session (`Caller.uniqueName`). */
  caller: string
  key: string
  /** HMAC of method, path, query and body. It shows whether a different request uses the same key. */
  request_hash: string
  /** The process that handles the request. */
  owner: string
  begun_at: string
  /** Null until there is a response. */
  status: number | null
  headers: string | null
  /** The body of the response; encrypted, because a task definition shows its environment. */
  body: string | null
  /** 1 when an attempt has ended and it is not known whether it took effect: the request may be repeated. */
  is_open: number
}

export interface AuditRow {
  id: string
  at: string
  request_id: string
  caller: string
  role: string
  /** The client's address. */
  source: string
  action: string
  path: string
  account: string | null
  cluster: string | null
  /** The service that the request names in its path or creates. */
  service: string | null
  /** 1: the request asked for a plan (`?dryRun=true`), which changes nothing. Null counts as 0. */
  is_plan: number | null
  /** Query and body of the request, without values that may be secret. */
  input: string | null
  /** Null while the request is in progress, and for ever when the process died meanwhile. */
  status: number | null
  code: string | null
  aws_request_ids: string | null
  finished_at: string | null
  /** The ARN of the service revision that the request deployed; null when it made no deployment. */
  revision: string | null
  /** The id of ECS's service deployment; null until ECS shows it. */
  deployment: string | null
  /** The outcome of the deployment; null until it has ended. */
  outcome: string | null
  outcome_reason: string | null
  /** When the deployment ended; null when that is not known. */
  ended_at: string | null
  /** When the gateway next reads from ECS whether the deployment has ended; null when it need not. */
  check_at: string | null
}

/** A session in a container, from the request that opens it to its end. */
export interface ExecSessionRow {
  /** The id in the API. */
  id: string
  account: string
  /** ECS's id of the session; empty until ECS has opened it. */
  session_id: string
  /** As in `idempotency_keys`: the token whose limit the session counts towards. */
  caller: string
  /** A keyed hash of the `Idempotency-Key`; null without one. */
  key_hash: string | null
  /** The process that has the session; null while nobody has connected to it. */
  owner: string | null
  created_at: string
  /** The end of the time to connect. */
  expires_at: string
}

/** The URL of a session that nobody has connected to. */
export interface ExecUrlRow {
  /** SHA-256 of the URL's random part, hexadecimal. */
  hash: string
  session: string
  /** The data of the session that its connection needs; encrypted with a key that only the URL has. */
  content: string
  expires_at: string
}

/** A session of a browser that has signed in. */
export interface BrowserSessionRow {
  /** SHA-256 of the cookie's value, hexadecimal. */
  hash: string
  /** SHA-256 of the CSRF token, hexadecimal. */
  csrf_hash: string
  /** As in `idempotency_keys`: the token whose limit the session counts towards. */
  caller: string
  /** How the caller signed in (`SignInCredential`); encrypted, because it has the hash of the admin token. */
  credential: string
  created_at: string
  /** The last request, exact to a minute. */
  used_at: string
  expires_at: string
}

/** A code that signs in once. */
export interface OneTimeCodeRow {
  /** SHA-256 of the code, hexadecimal. */
  hash: string
  /** As in `browser_sessions`. */
  caller: string
  /** As in `browser_sessions`. */
  credential: string
  expires_at: string
}

/** A sign-in with the OpenID Connect issuer that a browser has begun. */
export interface OidcSignInRow {
  /** SHA-256 of the cookie's value, hexadecimal. */
  hash: string
  /** `state`, `nonce` and the PKCE verifier; encrypted. */
  content: string
  expires_at: string
}

interface ProcessRow {
  id: string
  seen_at: string
}

interface FeedRow {
  /**
   * The account's scope, then topic, cluster and reference of the watched resource, or the key of a composite answer.
   */
  name: string
  /** Event numbers are valid within one epoch only. */
  epoch: string
  /** The process that holds the lease and polls for all. */
  holder: string | null
  /** The end of the lease. */
  held_until: string | null
  /** The creation of the feed, or the last acquisition or renewal of its lease. */
  used_at: string
}

interface FeedEventRow {
  feed: string
  epoch: string
  number: number
  name: string
  etag: string
  /** The resource; encrypted, because it may show secrets. */
  data: string
  at: string
}

export interface StoppedTaskRow {
  /** Number of the AWS account, configured name, Region and boundary (`aws/account-scope.ts`). */
  account: string
  /** The boundary's tag, as `key=value`, which `account` also contains; empty without a boundary. */
  org: string
  cluster: string
  id: string
  created_at: string
  stopped_at: string
  family: string
  /** ECS's `group`; empty when the task has none. */
  task_group: string
  /** ECS's `startedBy`; empty when the task has none. */
  started_by: string
  /** The task in the API's shape; encrypted, because its overrides may show secrets. */
  resource: string
}

export interface ServiceEventRow {
  /** As in `stopped_tasks`. */
  account: string
  cluster: string
  service: string
  id: string
  at: string
  message: string
}

export interface ReleaseRow {
  /** As in `stopped_tasks`. */
  account: string
  /** The ARN of the service. */
  service: string
  /** When the service was created: a service that was deleted and created again has releases of its own. */
  life: string
  /** The ARN of ECS's service revision. */
  revision: string
  /** Null until the release is numbered with all others of the service. */
  number: number | null
  created_at: string
  /** The token that made the deployment; null for one that was made elsewhere. */
  made_by: string | null
  /** The number of the release that this one restored. */
  restored_from: number | null
  outcome: string
  /** 1 when ECS does not change the revision and its deployment any more. */
  is_final: number
  /** The revision, as ECS describes it; encrypted, because log options of Service Connect may show secrets. */
  revision_data: string
  /** When the release was last read from ECS or used, exact to a day. */
  seen_at: string
}

/** The claim of a change that may start a deployment of a service. No other such change may run at the same time. */
interface DeploymentClaimRow {
  /** As in `stopped_tasks`. */
  account: string
  /** The ARN of the service. */
  service: string
  /** `REQUEST/TRY`, both random: only the try that made the claim removes it. */
  id: string
  caller: string
  since: string
  /** The claim ends at this time, if its process has died and cannot remove it. */
  held_until: string
}
