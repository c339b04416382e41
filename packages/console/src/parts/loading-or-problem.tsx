/** A query's state before it has data: nothing yet, or a problem. */
import { NoResponse } from '@ecs-api/client'
import { Problem } from './problem.tsx'

export function LoadingOrProblem({ query, what }: { query: { error: unknown; isPending: boolean }; what: string }) {
  // The strip at the top of the page shows when the connection was lost.
  if (query.error instanceof NoResponse) return <p className="muted">Waiting for the service to show {what}.</p>
  if (query.error) return <Problem error={query.error} />
  return query.isPending ? <p className="muted">Loading {what}.</p> : null
}
