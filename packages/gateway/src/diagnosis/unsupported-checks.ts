import type { Account } from '../aws/account.ts'
import type { NotChecked } from './diagnosis.ts'

const reason = 'not in this version'

/**
 * Checks that this version does not make, because they need other AWS services. A cause behind them is found only when
 * a text of ECS names it.
 */
const imageChecks: readonly NotChecked[] = [{ check: 'image in its registry, with its platforms', reason }]
const awsChecks: readonly NotChecked[] = [
  { check: 'free addresses and routes of the subnets, and rules of the security groups', reason },
  { check: 'health of the load balancer’s targets', reason },
  { check: 'permissions of the execution role and of the task role', reason },
]

/**
 * Lists the checks that a diagnosis does not make. The embedded engine has no routes, security groups or permissions.
 */
export function unsupportedChecks({ mode }: Pick<Account, 'mode'>): readonly NotChecked[] {
  return mode === 'local' ? imageChecks : [...imageChecks, ...awsChecks]
}
