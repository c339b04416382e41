import type { TaskDefinition } from '@ecs-api/client'
import { Link } from 'wouter'
import type { Container } from '../forms/container-values.ts'
import { healthCheckOf } from '../forms/health-check-values.ts'
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

/** The containers with a health check; when there are none, why their health is not known. */
export function HealthCheckFact({ account, definition }: { account: string; definition: TaskDefinition }) {
  const { withCheck, withoutCheck } = containersByHealthCheck(definition)
  if (withCheck.length > 0) return <PrintableText text={withCheck.join(', ')} />
  return (
    <>
      none <AddHealthCheck account={account} definition={definition} container={withoutCheck[0]} />
    </>
  )
}
