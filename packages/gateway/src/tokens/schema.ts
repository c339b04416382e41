/** The API shape of a token: its name, role and fence, but not its value. */
import type { Static } from 'typebox'
import { allPermissions, extraPermission, type Role, role } from '../access/roles.ts'
import { fenceOf, permissionsOf } from '../access/tokens.ts'
import type { Caller } from '../http/caller.ts'
import type { TokenRow } from '../store/token-records.ts'
import { globPattern, tokenNamePattern } from '../typebox/patterns.ts'
import { Type } from '../typebox/type.ts'

const globs = (resources: string) =>
  Type.Array(Type.String({ minLength: 1, maxLength: 255, pattern: globPattern }), {
    minItems: 1,
    maxItems: 100,
    uniqueItems: true,
    description: `Names of ${resources}, or globs: \`*\` is any characters, \`?\` one character. \`["*"]\` allows all.`,
    examples: [['*']],
  })
const name = Type.String({
  pattern: tokenNamePattern,
  description: 'Letters, digits, `.`, `_`, `@` and `-`. The log and the audit log show the name.',
  examples: ['portal'],
})

export const newTokenSchema = Type.Object(
  {
    name,
    role,
    permissions: Type.Optional(
      Type.Array(extraPermission, {
        maxItems: 1,
        uniqueItems: true,
        description: 'Permissions beside those of the role.',
      }),
    ),
    accounts: Type.Optional(globs('accounts')),
    clusters: Type.Optional(globs('clusters')),
    taskDefinitions: Type.Optional(globs('families of task definitions')),
    expiresAt: Type.Optional(
      Type.String({ format: 'date-time', description: 'From this time on the token is rejected.' }),
    ),
  },
  {
    $id: 'TokenCreate',
    additionalProperties: false,
    examples: [{ name: 'portal', role: 'operator', accounts: ['nonprod'], clusters: ['web-*'] }],
  },
)
export type NewToken = Static<typeof newTokenSchema>

export const tokenRotationSchema = Type.Object(
  {
    expiresAt: Type.Optional(
      Type.String({ format: 'date-time', description: 'The expiry of the new value; unchanged by default.' }),
    ),
  },
  { $id: 'TokenRotate', additionalProperties: false, examples: [{}] },
)

const time = Type.String({ format: 'date-time' })
const properties = {
  name,
  id: Type.String({ description: 'The part of the value that is not secret: `ecsapi_<id>_…`.' }),
  role,
  permissions: Type.Array(extraPermission, { description: 'Permissions beside those of the role.' }),
  accounts: Type.Array(Type.String()),
  clusters: Type.Array(Type.String()),
  taskDefinitions: Type.Array(Type.String(), { description: 'Globs of task definition families.' }),
  createdAt: time,
  createdBy: Type.String({
    description: 'The caller that created it: the name of a token, or `oidc:` and the name of a person.',
  }),
  expiresAt: Type.Union([time, Type.Null()]),
  lastUsedAt: Type.Union([time, Type.Null()], { description: 'Exact to a minute.' }),
}
const example = {
  name: 'portal',
  id: 'k7m2p9x4ab',
  role: 'operator' as const,
  permissions: [],
  accounts: ['nonprod'],
  clusters: ['web-*'],
  taskDefinitions: ['web-*'],
  createdAt: '2026-11-23T15:00:00.000Z',
  createdBy: 'admin',
  expiresAt: null,
  lastUsedAt: null,
}

export const meSchema = Type.Object(
  {
    name: Type.String({ description: 'Of the token, or `oidc:` and the name of a person.' }),
    role,
    permissions: Type.Array(Type.Enum(allPermissions, { $id: 'CallerPermission' }), {
      description: 'All permissions: those of the role, and the additional ones.',
    }),
    accounts: properties.accounts,
    clusters: properties.clusters,
    taskDefinitions: properties.taskDefinitions,
    expiresAt: properties.expiresAt,
  },
  {
    $id: 'Me',
    examples: [
      {
        name: 'portal',
        role: 'operator',
        permissions: ['read', 'change'],
        accounts: ['nonprod'],
        clusters: ['web-*'],
        taskDefinitions: ['*'],
        expiresAt: null,
      },
    ],
  },
)

export function toMeResource({ name, role, fence, hasPermission, expiresAt }: Caller): Static<typeof meSchema> {
  return {
    name,
    role: role as Role,
    permissions: allPermissions.filter(hasPermission),
    accounts: [...fence.accounts],
    clusters: [...fence.clusters],
    taskDefinitions: [...fence.taskDefinitions],
    expiresAt: expiresAt === undefined ? null : new Date(expiresAt).toISOString(),
  }
}

export const tokenSchema = Type.Object(properties, { $id: 'Token', examples: [example] })
export type TokenResource = Static<typeof tokenSchema>

export const tokenWithValueSchema = Type.Object(
  {
    ...properties,
    token: Type.Union([Type.String(), Type.Null()], {
      description:
        'The value of the token, which only this response shows. Null in a repeated response (Idempotency-Key).',
    }),
  },
  {
    $id: 'TokenWithValue',
    examples: [{ ...example, token: 'ecsapi_k7m2p9x4ab_2vQkq7s0m3xX1yJ8r4Tn6Lw9Zb5Hc0Gd2Fe7Ui1Oa3P' }],
  },
)

export function toTokenResource(row: TokenRow): TokenResource {
  const { accounts, clusters, taskDefinitions } = fenceOf(row)
  return {
    name: row.name,
    id: row.id,
    role: row.role as TokenResource['role'],
    permissions: permissionsOf(row),
    accounts: [...accounts],
    clusters: [...clusters],
    taskDefinitions: [...taskDefinitions],
    createdAt: row.created_at,
    createdBy: row.created_by,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
  }
}
