/**
 * The typed client of the gateway. A program that uses `connect` and imports only the nouns it needs is smaller than
 * one with `createClient`.
 */
export type { components, operations } from './api.ts'
export type { CallOptions, Destination, OptionsOf } from './call.ts'
export { type AccountClient, type Client, createClient } from './client.ts'
export {
  type Connection,
  type ConnectionOptions,
  connect,
  type Method,
  type RequestOptions,
} from './connection.ts'
export type { Terminal, TerminalExit } from './exec.ts'
export { newIdempotencyKey } from './idempotency-key.ts'
export type { Listing, Page } from './listing.ts'
export type { LogEvent } from './logs.ts'
export { accounts } from './nouns/accounts.ts'
export { audit } from './nouns/audit.ts'
export { clusters } from './nouns/clusters.ts'
export { deployments } from './nouns/deployments.ts'
export { releases } from './nouns/releases.ts'
export { services } from './nouns/services.ts'
export { taskDefinitions } from './nouns/task-definitions.ts'
export { tasks } from './nouns/tasks.ts'
export { tokens } from './nouns/tokens.ts'
export { DeploymentFailed, isProblem, NoResponse, NotOnThisGateway, ProblemError } from './problems.ts'
export type { ClusterRef, DeploymentRef, ServiceRef, TaskDefinitionRef, TaskRef } from './references.ts'
export type * from './resources.ts'
export { type ResponseMeta, responseMeta } from './response-meta.ts'
export type { Rollout, RolloutOptions, RolloutProgress } from './rollout.ts'
export type { AccountEvent, ChangesOptions } from './streams/changes.ts'
export type {
  DirectStreamOpener,
  ProblemEvent,
  StreamEvent,
  StreamOpener,
  StreamOptions,
  WatchEvent,
} from './streams/watch-event.ts'
export type { ByteReader, ByteStream, Transport, TransportRequest, TransportResponse } from './transport.ts'
export { clientVersion } from './version.ts'
