/** The behaviour of a simulated container that a form can choose, as docker labels (docs/simulated-runtime.md). */
import type { Container } from './container-values.ts'
import { withMemberUnlessEmpty } from './with-member-unless-empty.ts'

export type Simulation = 'runs' | 'exits' | 'unhealthy' | 'no-image'

const prefix = 'ecs-api.simulated.'
const labels = {
  exitCode: `${prefix}exit-code`,
  unhealthyAfter: `${prefix}unhealthy-after`,
  pullError: `${prefix}pull-error`,
} as const

export function dockerLabelsOf({ dockerLabels }: Container): Record<string, string> {
  return typeof dockerLabels === 'object' && dockerLabels !== null ? (dockerLabels as Record<string, string>) : {}
}

export function simulationOf(container: Container): { kind: Simulation; exitCode: string } {
  const dockerLabels = dockerLabelsOf(container)
  const exitCode = dockerLabels[labels.exitCode]
  if (exitCode !== undefined) return { kind: 'exits', exitCode }
  if (labels.pullError in dockerLabels) return { kind: 'no-image', exitCode: '' }
  return { kind: labels.unhealthyAfter in dockerLabels ? 'unhealthy' : 'runs', exitCode: '' }
}

/** A copy of the container with the labels that make the engine simulate this behaviour; other labels stay. */
export function withSimulation(container: Container, kind: Simulation, exitCode = '1'): Container {
  const others = Object.entries(dockerLabelsOf(container)).filter(
    ([label]) => !Object.values<string>(labels).includes(label),
  )
  const chosen = {
    runs: {},
    exits: { [labels.exitCode]: exitCode },
    unhealthy: { [labels.unhealthyAfter]: '0' },
    // The wording of a registry that lacks the image.
    'no-image': { [labels.pullError]: 'manifest unknown' },
  }[kind]
  return withMemberUnlessEmpty(container, 'dockerLabels', { ...Object.fromEntries(others), ...chosen })
}
