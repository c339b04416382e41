import type { Account } from '../aws/account.ts'
import type { NotChecked } from './diagnosis.ts'

const reason = 'not in this version'

/** Checks that need other services of AWS. A cause of their kind is named only when ECS's own wording names it. */
const ofImages: readonly NotChecked[] = [{ check: 'image in its registry, with its platforms', reason }]
const ofAws: readonly NotChecked[] = [
  { check: 'free addresses and routes of the subnets, and rules of the security groups', reason },
  { check: 'health of the load balancer’s targets', reason },
  { check: 'permissions of the execution role and of the task role', reason },
]

/** The engine has no routes, security groups and permissions that could be wrong. */
export function laterChecks({ mode }: Pick<Account, 'mode'>): readonly NotChecked[] {
  return mode === 'local' ? ofImages : [...ofImages, ...ofAws]
}
