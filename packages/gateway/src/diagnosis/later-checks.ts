import type { NotChecked } from './diagnosis.ts'

const reason = 'not in this version'

/** Checks that need other services of AWS. A cause of their kind is named only when ECS's own wording names it. */
export const laterChecks: readonly NotChecked[] = [
  { check: 'image in its registry, with its platforms', reason },
  { check: 'free addresses and routes of the subnets, and rules of the security groups', reason },
  { check: 'health of the load balancer’s targets', reason },
  { check: 'permissions of the execution role and of the task role', reason },
]
