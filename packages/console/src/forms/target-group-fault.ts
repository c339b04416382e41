/** The rule for the target group of a load balancer: ECS takes an ARN, and no name. */

const targetGroupArn = /^arn:aws[\w-]*:elasticloadbalancing:[\w-]+:\d{12}:targetgroup\/./

/** Why the load balancer has no possible target group; undefined for one with a group, and for a classic one. */
export function targetGroupFault(loadBalancer: unknown): string | undefined {
  const { targetGroupArn: arn, loadBalancerName } = (loadBalancer ?? {}) as Record<string, unknown>
  if (loadBalancerName !== undefined || targetGroupArn.test(String(arn))) return undefined
  return 'Type the ARN of a target group: arn:aws:elasticloadbalancing:…:targetgroup/….'
}

/** The first fault of the load balancers, for the reason of a button. */
export function loadBalancersFault(loadBalancers: unknown): string | undefined {
  const faults = Array.isArray(loadBalancers) ? loadBalancers.map(targetGroupFault) : []
  const fault = faults.find((each) => each)
  return fault && `Load balancer: ${fault}`
}
