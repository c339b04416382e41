/** The store's tables, as every dialect holds them: times are ISO 8601 in UTC (text sorts as time does), what is structured is JSON text. */
export interface Tables {
  tokens: TokenRow
  idempotency_keys: IdempotencyRow
  audit: AuditRow
  processes: ProcessRow
  stopped_tasks: StoppedTaskRow
  service_events: ServiceEventRow
  feeds: FeedRow
  feed_events: FeedEventRow
}

export interface TokenRow {
  /** The part of the token that is no secret, and by which it is recognised. */
  id: string
  name: string
  /** SHA-256 of the whole token, hexadecimal. */
  hash: string
  role: string
  /** Globs as JSON lists; null: no fence. */
  accounts: string | null
  clusters: string | null
  /** Of families. */
  task_definitions: string | null
  created_at: string
  created_by: string
  expires_at: string | null
  last_used_at: string | null
}

export interface IdempotencyRow {
  caller: string
  key: string
  /** HMAC of method, path, query and body: whether another request came with the same key. */
  request_hash: string
  /** The process that works on it. */
  owner: string
  begun_at: string
  /** Until there is an answer, null; then its status, headers and body, which is sealed: a definition shows its environment. */
  status: number | null
  headers: string | null
  body: string | null
  /** Another try may do it again: the one before ended without saying whether it took effect. */
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
  /** What was asked for, without what may be secret. */
  input: string | null
  /** Null while it is under way, and for ever where the process died meanwhile. */
  status: number | null
  code: string | null
  aws_request_ids: string | null
  finished_at: string | null
}

interface ProcessRow {
  id: string
  seen_at: string
}

interface FeedRow {
  /** What is watched: account, kind, path. */
  name: string
  /** Numbers of one epoch mean nothing in another. */
  epoch: string
  /** The process that looks at the thing for all, until then. */
  holder: string | null
  held_until: string | null
  /** When a process last had it watched. */
  used_at: string
}

interface FeedEventRow {
  feed: string
  epoch: string
  number: number
  name: string
  etag: string
  /** Sealed: a resource may show what is secret. */
  data: string
  at: string
}

export interface StoppedTaskRow {
  /** Number, configured name, Region and boundary of the account that it was seen through. */
  account: string
  /** The boundary's tag once more, as `key=value`; empty where there was none. */
  org: string
  cluster: string
  id: string
  created_at: string
  stopped_at: string
  family: string
  /** ECS's `group`; empty where a task had none, as with `started_by`. */
  task_group: string
  started_by: string
  /** As it was answered; sealed: its overrides may show what is secret. */
  resource: string
}

export interface ServiceEventRow {
  /** As of stopped tasks. */
  account: string
  cluster: string
  service: string
  id: string
  at: string
  message: string
}
