/** `--circuit-breaker`: sets the deployment circuit breaker of ECS, which ends a deployment whose tasks fail. */
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
  summary: 'whether ECS ends a deployment whose tasks fail, and rolls it back; when off, ECS goes on',
  choices: Object.keys(modes),
}

type CircuitBreaker = (typeof modes)[keyof typeof modes]

export const breakerThatRollsBack = { deploymentCircuitBreaker: modes.rollback }

/** The fields of `deploymentConfiguration` that the flag sets; undefined without the flag. */
export function circuitBreakerOf(flags: Flags): { deploymentCircuitBreaker: CircuitBreaker } | undefined {
  const mode = flags.text('circuit-breaker') as keyof typeof modes | undefined
  return mode && { deploymentCircuitBreaker: modes[mode] }
}

/** Whether failing tasks can end a deployment. ECS's own controller needs the circuit breaker or alarms for that. */
export function failingTasksEndDeployments({
  deploymentConfiguration: settings,
  deploymentController,
}: Service): boolean {
  const isControlledByEcs = (deploymentController?.type ?? 'ECS') === 'ECS'
  return !isControlledByEcs || settings?.deploymentCircuitBreaker?.enable === true || settings?.alarms?.enable === true
}
