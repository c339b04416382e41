/** Roles: what each may do. A role holds all that the one before it does. */
import Type, { type Static } from 'typebox'

export const role = Type.Union([Type.Literal('viewer'), Type.Literal('operator'), Type.Literal('admin')], {
  $id: 'Role',
  description: '`viewer` looks; `operator` also changes; `admin` also says who may, and reads the audit.',
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
