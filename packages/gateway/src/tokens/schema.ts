/** A token as people see it: what it is called, what it may do, never its value. */
import Type, { type Static } from 'typebox'
import { role } from '../access/roles.ts'
import { fenceOf } from '../access/tokens.ts'
import type { TokenRow } from '../store/token-records.ts'

const globs = (what: string) =>
  Type.Array(Type.String({ minLength: 1, maxLength: 255, pattern: '^[\\w*?-]+$' }), {
    minItems: 1,
    maxItems: 100,
    uniqueItems: true,
    description: `Names of ${what}, or globs: \`*\` is any characters, \`?\` one. \`["*"]\`: all.`,
    examples: [['*']],
  })
const name = Type.String({
  pattern: '^[A-Za-z0-9][\\w.@-]{0,62}$',
  description: 'Letters, digits, `.`, `_`, `@` and `-`. It stands in the log and the audit.',
  examples: ['portal'],
})

export const newToken = Type.Object(
  {
    name,
    role,
    accounts: Type.Optional(globs('accounts')),
    clusters: Type.Optional(globs('clusters')),
    taskDefinitions: Type.Optional(globs('families of task definitions')),
    expiresAt: Type.Optional(Type.String({ format: 'date-time', description: 'From then on it is refused.' })),
  },
  {
    $id: 'TokenCreate',
    additionalProperties: false,
    examples: [{ name: 'portal', role: 'operator', accounts: ['nonprod'], clusters: ['web-*'] }],
  },
)
export type NewToken = Static<typeof newToken>

export const rotation = Type.Object(
  {
    expiresAt: Type.Optional(
      Type.String({ format: 'date-time', description: 'Of the new value; without it as before.' }),
    ),
  },
  { $id: 'TokenRotate', additionalProperties: false, examples: [{}] },
)

const time = Type.String({ format: 'date-time' })
const properties = {
  name,
  id: Type.String({ description: 'The part of its value that is no secret: `ecsapi_<id>_…`.' }),
  role,
  accounts: Type.Array(Type.String()),
  clusters: Type.Array(Type.String()),
  taskDefinitions: Type.Array(Type.String(), { description: 'Families.' }),
  createdAt: time,
  createdBy: Type.String({ description: 'The name of the token that made it.' }),
  expiresAt: Type.Union([time, Type.Null()]),
  lastUsedAt: Type.Union([time, Type.Null()], { description: 'To the minute.' }),
}
const shown = {
  name: 'portal',
  id: 'k7m2p9x4ab',
  role: 'operator' as const,
  accounts: ['nonprod'],
  clusters: ['web-*'],
  taskDefinitions: ['web-*'],
  createdAt: '2026-11-23T15:00:00.000Z',
  createdBy: 'admin',
  expiresAt: null,
  lastUsedAt: null,
}
export const token = Type.Object(properties, { $id: 'Token', examples: [shown] })
export type TokenResource = Static<typeof token>

export const tokenWithValue = Type.Object(
  {
    ...properties,
    token: Type.Union([Type.String(), Type.Null()], {
      description: 'Its value: shown this once. Null when a replay of the call answers.',
    }),
  },
  {
    $id: 'TokenWithValue',
    examples: [{ ...shown, token: 'ecsapi_k7m2p9x4ab_2vQkq7s0m3xX1yJ8r4Tn6Lw9Zb5Hc0Gd2Fe7Ui1Oa3P' }],
  },
)

export function presentToken(row: TokenRow): TokenResource {
  const { accounts, clusters, taskDefinitions } = fenceOf(row)
  return {
    name: row.name,
    id: row.id,
    role: row.role as TokenResource['role'],
    accounts: [...accounts],
    clusters: [...clusters],
    taskDefinitions: [...taskDefinitions],
    createdAt: row.created_at,
    createdBy: row.created_by,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
  }
}
