/** How accounts, tokens and audit entries are shown to people. */
import type { Account, AuditEntry, Token } from '@ecs-api/client'
import { auditResult, changeSentence } from '@ecs-api/client/audit-words'
import type { Shape } from '../out/shape.ts'

export const accountShape: Shape<Account> = {
  noun: 'accounts',
  name: ({ name }) => name,
  columns: [
    { header: 'ACCOUNT', value: ({ name }) => name, rank: 10, kind: 'name' },
    { header: 'REGION', value: ({ region }) => region, rank: 7 },
    { header: 'MODE', value: ({ mode }) => mode, rank: 6 },
    { header: 'RUNTIME', value: ({ runtime }) => runtime, rank: 4 },
    {
      header: 'STATE',
      value: ({ reachable }) => (reachable ? 'ok' : 'failed'),
      rank: 9,
      style: ({ reachable }) => (reachable ? 'green' : 'red'),
    },
    { header: 'REASON', value: ({ reason }) => reason, rank: 5, kind: 'text' },
    { header: 'NUMBER', value: ({ number }) => number, rank: 2, isWide: true },
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

export const tokenShape: Shape<AnyToken> = {
  noun: 'tokens',
  name: ({ name }) => name,
  whenEmpty: 'Create one: ecs-api tokens create NAME --role viewer',
  columns: [
    { header: 'TOKEN', value: ({ name }) => name, rank: 10, kind: 'name' },
    { header: 'ROLE', value: ({ role }) => role, rank: 9 },
    { header: 'PERMISSIONS', value: ({ permissions }) => permissions.join(','), rank: 5 },
    { header: 'ACCOUNTS', value: ({ accounts }) => accounts.join(','), rank: 6, kind: 'text' },
    { header: 'CLUSTERS', value: ({ clusters }) => clusters.join(','), rank: 4, kind: 'text' },
    { header: 'EXPIRES', value: ({ expiresAt }) => expiresAt, rank: 7, kind: 'time' },
    { header: 'USED', value: ({ lastUsedAt }) => lastUsedAt, rank: 3, kind: 'time' },
    { header: 'CREATED', value: ({ createdAt }) => createdAt, rank: 1, kind: 'time', isWide: true },
    { header: 'BY', value: ({ createdBy }) => createdBy, rank: 1, kind: 'name', isWide: true },
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

export const auditShape: Shape<AuditEntry> = {
  noun: 'audit entries',
  name: ({ id }) => id,
  columns: [
    { header: 'AT', value: ({ at }) => at, rank: 9, kind: 'time' },
    { header: 'CALLER', value: ({ caller }) => caller, rank: 8, kind: 'name' },
    {
      header: 'CHANGE',
      value: (entry) =>
        changeSentence(entry)
          .map((part) => (typeof part === 'string' ? part : part.name))
          .join(''),
      rank: 10,
      kind: 'text',
    },
    {
      header: 'RESULT',
      value: (entry) => auditResult(entry),
      rank: 9,
      style: ({ code }) => (code === null ? undefined : 'red'),
    },
    { header: 'STATUS', value: ({ status }) => status, rank: 3, kind: 'count', isWide: true },
    { header: 'ACTION', value: ({ action }) => action, rank: 1, kind: 'address', isWide: true },
    { header: 'PATH', value: ({ path }) => path, rank: 1, kind: 'address', isWide: true },
    { header: 'SOURCE', value: ({ source }) => source, rank: 2, isWide: true },
    { header: 'REQUEST', value: ({ requestId }) => requestId, rank: 1, kind: 'id', isWide: true },
  ],
}
