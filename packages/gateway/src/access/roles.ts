/** The roles of tokens and their permissions. Each role has all permissions of the one before it. */
import type { Static } from 'typebox'
import { Type } from '../typebox/type.ts'

export const role = Type.Union([Type.Literal('viewer'), Type.Literal('operator'), Type.Literal('admin')], {
  $id: 'Role',
  description: '`viewer` reads; `operator` also changes; `admin` also manages tokens and reads the audit log.',
})
export type Role = Static<typeof role>

const permissions = {
  viewer: ['read'],
  operator: ['read', 'change'],
  admin: ['read', 'change', 'administer'],
} as const satisfies Record<Role, readonly string[]>

export function permits(role: Role, permission: string): boolean {
  return (permissions[role] as readonly string[]).includes(permission)
}
