/** `--circuit-breaker`: the deployment circuit breaker of ECS, which ends a deployment whose tasks fail. */
import type { Service } from '@ecs-api/client'
import type { Flag } from './command.ts'
import type { Flags } from './flags.ts'

const modes = {
  rollback: { enable: true, rollback: true },
  on: { enable: true, rollback: false },
  off: { enable: false, rollback: false },
} as const

export const circuitBreakerFlag: Flag = {
  spec: '--circuit-breaker <mode>',
  summary: 'end a deployment whose tasks fail, and roll it back; without it such a deployment goes on',
  choices: Object.keys(modes),
}

type CircuitBreaker = (typeof modes)[keyof typeof modes]

/** A part of `deploymentConfiguration`; undefined without the flag. */
export function circuitBreakerOf(flags: Flags): { deploymentCircuitBreaker: CircuitBreaker } | undefined {
  const mode = flags.text('circuit-breaker') as keyof typeof modes | undefined
  return mode && { deploymentCircuitBreaker: modes[mode] }
}

/** Without the circuit breaker and without alarms no failure of tasks ends a deployment. */
export function deploymentsCanFail({ deploymentConfiguration: settings, deploymentController }: Service): boolean {
  const isOfEcs = (deploymentController?.type ?? 'ECS') === 'ECS'
  return !isOfEcs || settings?.deploymentCircuitBreaker?.enable === true || settings?.alarms?.enable === true
}
