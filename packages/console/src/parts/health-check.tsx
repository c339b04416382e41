import type { TaskDefinition } from '@ecs-api/client'
import { Link } from 'wouter'
import type { Container } from '../forms/container-values.ts'
import { healthCheckOf, healthCommandText } from '../forms/health-check-values.ts'
import { paths } from '../paths.ts'
import { PrintableText } from './printable-text.tsx'

/** The names of the containers of the definition, in two groups: with a health check, and without. */
export function containersByHealthCheck(definition: TaskDefinition) {
  const { true: withCheck = [], false: withoutCheck = [] } = Object.groupBy(
    definition.containerDefinitions ?? [],
    (container) => (Array.isArray(healthCheckOf(container as Container).command) ? 'true' : 'false'),
  )
  return {
    withCheck: withCheck.map(({ name }) => name ?? ''),
    withoutCheck: withoutCheck.map(({ name }) => name ?? ''),
  }
}

/** A link to the form of a new revision, at the health check of the container. */
export function AddHealthCheck({
  account,
  definition,
  container,
}: {
  account: string
  definition: TaskDefinition
  container: string | undefined
}) {
  const index = definition.containerDefinitions?.findIndex(({ name }) => name === container) ?? 0
  return (
    <Link className="in-text" href={`${paths.newTaskDefinition(account, definition.name)}#container-${index}-health`}>
      Add one…
    </Link>
  )
}

/** The command of the only container's health check, or the containers with one. Without any: a link to add one. */
export function HealthCheckFact({ account, definition }: { account: string; definition: TaskDefinition }) {
  const { withCheck, withoutCheck } = containersByHealthCheck(definition)
  const [container, ...others] = definition.containerDefinitions ?? []
  if (withCheck.length > 0 && container && others.length === 0) {
    const command = healthCommandText(healthCheckOf(container as Container).command)
    return (
      <span className="mono">
        <PrintableText text={command} />
      </span>
    )
  }
  if (withCheck.length > 0) return <PrintableText text={withCheck.join(', ')} />
  return (
    <>
      none <AddHealthCheck account={account} definition={definition} container={withoutCheck[0]} />
    </>
  )
}
