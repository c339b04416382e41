/** The client of a gateway, and of each of its accounts. */
import { type CallOptions, call, type OptionsOf, type Scope, send } from './call.ts'
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
  version: call('getVersion', 'GET', '/version'),
  me: call('getMe', 'GET', '/me'),
}

export const accountScopeCalls = {
  diagnosis: call('diagnoseAccount', 'GET', '/{account}/diagnosis'),
  changes: call('streamChanges', 'GET', '/{account}/changes'),
}

export type Client = ReturnType<typeof createClient>
export type AccountClient = ReturnType<Client['account']>

/**
 * @example
 * const ecs = createClient({ url: 'http://127.0.0.1:8000', token }).account('nonprod')
 * const www = await ecs.services.get('prod/www')
 */
export function createClient(connectionOptions: ConnectionOptions) {
  const scope: Scope = { connection: connect(connectionOptions) }
  const noPathValues = () => ({})
  return {
    accounts: accounts(scope),
    tokens: tokens(scope),
    audit: audit(scope),
    /** The token of this client: its name, role, permissions and fences. */
    me: (options?: OptionsOf<'getMe'>) => send(scope, gatewayCalls.me, noPathValues, undefined, options),
    version: (options?: CallOptions) => send(scope, gatewayCalls.version, noPathValues, undefined, options),
    /** Any request, with the same retries and errors: `request('GET', '/v1/ecs/accounts')`. */
    request: <T = unknown>(method: Method, path: string, options?: RequestOptions) =>
      scope.connection.request<T>(method, path, options),
    /** An account by its name in the configuration. */
    account: (account: string) => accountClient({ ...scope, account }),
  }
}

function accountClient(scope: Scope) {
  return {
    clusters: clusters(scope),
    taskDefinitions: taskDefinitions(scope),
    tasks: tasks(scope),
    services: services(scope),
    deployments: deployments(scope),
    releases: releases(scope),
    audit: audit(scope),
    /** Many resources as they are now, and then their changes; without a filter, everything that the token may see. */
    changes: (options?: ChangesOptions) => watchChanges(scope, accountScopeCalls.changes, options),
    /** The services that are not healthy, most urgent first. */
    diagnosis: (options?: OptionsOf<'diagnoseAccount'>) =>
      send(scope, accountScopeCalls.diagnosis, () => ({}), undefined, options),
  }
}
