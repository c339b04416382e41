/** The client of a gateway, and of each of its accounts. */
import { type CallOptions, type Destination, defineCall, noPathValues, type OptionsOf, send } from './call.ts'
import { type ConnectionOptions, connect, type Method, type RequestOptions } from './connection.ts'
import { accounts } from './nouns/accounts.ts'
import { audit } from './nouns/audit.ts'
import { clusters } from './nouns/clusters.ts'
import { deployments } from './nouns/deployments.ts'
import { releases } from './nouns/releases.ts'
import { services } from './nouns/services.ts'
import { taskDefinitions } from './nouns/task-definitions.ts'
import { tasks } from './nouns/tasks.ts'
import { tokens } from './nouns/tokens.ts'
import { type ChangesOptions, watchChanges } from './streams/changes.ts'

export const gatewayCalls = {
  version: defineCall('GET /version'),
  me: defineCall('GET /me'),
}

export const oneAccountCalls = {
  diagnosis: defineCall('GET /{account}/diagnosis'),
  changes: defineCall('GET /{account}/changes'),
}

export type Client = ReturnType<typeof createClient>
export type AccountClient = ReturnType<Client['account']>

/**
 * @example
 * const ecs = createClient({ url: 'http://127.0.0.1:8000', token }).account('nonprod')
 * const www = await ecs.services.get('prod/www')
 */
export function createClient(connectionOptions: ConnectionOptions) {
  const destination: Destination = { connection: connect(connectionOptions) }
  return {
    accounts: accounts(destination),
    tokens: tokens(destination),
    audit: audit(destination),
    /** The token of this client: its name, role, permissions and fences. */
    me: (options?: OptionsOf<'getMe'>) => send(destination, gatewayCalls.me, noPathValues, undefined, options),
    version: (options?: CallOptions) => send(destination, gatewayCalls.version, noPathValues, undefined, options),
    /** Any request, with the same retries and errors: `request('GET', '/v1/ecs/accounts')`. */
    request: <T = unknown>(method: Method, path: string, options?: RequestOptions) =>
      destination.connection.request<T>(method, path, options),
    /** An account by its name in the configuration. */
    account: (account: string) => accountClient({ ...destination, account }),
  }
}

function accountClient(destination: Destination) {
  return {
    clusters: clusters(destination),
    taskDefinitions: taskDefinitions(destination),
    tasks: tasks(destination),
    services: services(destination),
    deployments: deployments(destination),
    releases: releases(destination),
    audit: audit(destination),
    /** Many resources as they are now, and then their changes; without a filter, everything that the token may see. */
    changes: (options?: ChangesOptions) => watchChanges(destination, oneAccountCalls.changes, options),
    /** The services that are not healthy, most urgent first. */
    diagnosis: (options?: OptionsOf<'diagnoseAccount'>) =>
      send(destination, oneAccountCalls.diagnosis, noPathValues, undefined, options),
  }
}
