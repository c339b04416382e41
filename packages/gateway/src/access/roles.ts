/**
 * The roles of tokens and their permissions. Each role has all permissions of the role before it. A token can have
 * single permissions beside those of its role.
 */
import type { Static } from 'typebox'
import { Type } from '../typebox/type.ts'

export const role = Type.Union([Type.Literal('viewer'), Type.Literal('operator'), Type.Literal('admin')], {
  $id: 'Role',
  description:
    '`viewer` reads; `operator` also changes; `admin` also manages tokens, reads the audit log and runs commands in containers.',
})
export type Role = Static<typeof role>

const permissions = {
  viewer: ['read'],
  operator: ['read', 'change'],
  admin: ['read', 'change', 'administer', 'exec'],
} as const satisfies Record<Role, readonly string[]>

/** A permission that a token can have beside its role. */
export const extraPermission = Type.Union([Type.Literal('exec')], {
  $id: 'Permission',
  description: '`exec` runs commands in containers, which may read and change anything in them.',
})
export type ExtraPermission = Static<typeof extraPermission>

/** All permissions. An admin has every one. */
export const allPermissions = permissions.admin

export function roleIncludes(role: Role, permission: string): boolean {
  return (permissions[role] as readonly string[]).includes(permission)
}
