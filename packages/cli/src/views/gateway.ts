/** How accounts, tokens and audit entries are shown to people. */
import type { Account, AuditEntry, Token } from '@ecs-api/client'
import { auditResult, changeSentence } from '@ecs-api/client/audit-words'
import type { ResourceView } from '../out/resource-view.ts'

export const accountView: ResourceView<Account> = {
  noun: 'accounts',
  name: ({ name }) => name,
  columns: [
    { header: 'ACCOUNT', value: ({ name }) => name, keepPriority: 10, kind: 'name' },
    { header: 'REGION', value: ({ region }) => region, keepPriority: 7 },
    { header: 'MODE', value: ({ mode }) => mode, keepPriority: 6 },
    { header: 'RUNTIME', value: ({ runtime }) => runtime, keepPriority: 4 },
    {
      header: 'STATE',
      value: ({ reachable }) => (reachable ? 'ok' : 'failed'),
      keepPriority: 9,
      style: ({ reachable }) => (reachable ? 'green' : 'red'),
    },
    { header: 'REASON', value: ({ reason }) => reason, keepPriority: 5, kind: 'text' },
    { header: 'NUMBER', value: ({ number }) => number, keepPriority: 2, isWide: true },
  ],
  fields: (account) => [
    ['account', account.name],
    ['region', account.region],
    ['mode', account.mode],
    ['runtime', account.runtime],
    ['number', account.number],
    ['state', account.reachable ? 'ok' : 'failed', account.reachable ? 'green' : 'red'],
    ['reason', account.reason],
  ],
}

/** A token; only the response that creates or rotates it has its value. */
type AnyToken = Token & { token?: string | null }

export const tokenView: ResourceView<AnyToken> = {
  noun: 'tokens',
  name: ({ name }) => name,
  whenEmpty: 'Create one: ecs-api tokens create NAME --role viewer',
  columns: [
    { header: 'TOKEN', value: ({ name }) => name, keepPriority: 10, kind: 'name' },
    { header: 'ROLE', value: ({ role }) => role, keepPriority: 9 },
    { header: 'PERMISSIONS', value: ({ permissions }) => permissions.join(','), keepPriority: 5 },
    { header: 'ACCOUNTS', value: ({ accounts }) => accounts.join(','), keepPriority: 6, kind: 'text' },
    { header: 'CLUSTERS', value: ({ clusters }) => clusters.join(','), keepPriority: 4, kind: 'text' },
    { header: 'EXPIRES', value: ({ expiresAt }) => expiresAt, keepPriority: 7, kind: 'time' },
    { header: 'USED', value: ({ lastUsedAt }) => lastUsedAt, keepPriority: 3, kind: 'time' },
    { header: 'CREATED', value: ({ createdAt }) => createdAt, keepPriority: 1, kind: 'time', isWide: true },
    { header: 'BY', value: ({ createdBy }) => createdBy, keepPriority: 1, kind: 'name', isWide: true },
  ],
  fields: (token) => [
    ['token', token.name],
    ['role', token.role],
    ['permissions', token.permissions.join(', ')],
    ['accounts', token.accounts.join(', ')],
    ['clusters', token.clusters.join(', ')],
    ['definitions', token.taskDefinitions.join(', ')],
    ['expires', token.expiresAt],
    ['used', token.lastUsedAt],
    ['created', token.createdAt],
    ['by', token.createdBy],
    ['value', token.token],
  ],
}

export const auditView: ResourceView<AuditEntry> = {
  noun: 'audit entries',
  name: ({ id }) => id,
  columns: [
    { header: 'AT', value: ({ at }) => at, keepPriority: 9, kind: 'time' },
    { header: 'CALLER', value: ({ caller }) => caller, keepPriority: 8, kind: 'name' },
    {
      header: 'CHANGE',
      value: (entry) =>
        changeSentence(entry)
          .map((part) => (typeof part === 'string' ? part : part.name))
          .join(''),
      keepPriority: 10,
      kind: 'text',
    },
    {
      header: 'RESULT',
      value: (entry) => auditResult(entry),
      keepPriority: 9,
      style: (entry) => (entry.code === null && !auditResult(entry).startsWith('failed') ? undefined : 'red'),
    },
    { header: 'STATUS', value: ({ status }) => status, keepPriority: 3, kind: 'count', isWide: true },
    { header: 'ACTION', value: ({ action }) => action, keepPriority: 1, kind: 'address', isWide: true },
    { header: 'PATH', value: ({ path }) => path, keepPriority: 1, kind: 'address', isWide: true },
    { header: 'SOURCE', value: ({ source }) => source, keepPriority: 2, isWide: true },
    { header: 'REQUEST', value: ({ requestId }) => requestId, keepPriority: 1, kind: 'id', isWide: true },
  ],
}
