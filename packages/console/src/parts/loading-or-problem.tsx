/** A query's state before it has data: nothing yet, or a problem. */
import { NoResponse } from '@ecs-api/client'
import { ExternalText } from './external-text.tsx'
import { Problem } from './problem.tsx'

export function LoadingOrProblem({ query, what }: { query: { error: unknown; isPending: boolean }; what: string }) {
  // The strip at the top of the page shows when the connection was lost.
  if (query.error instanceof NoResponse)
    return (
      <p className="muted">
        Waiting for the service to show <ExternalText text={what} />.
      </p>
    )
  if (query.error) return <Problem error={query.error} />
  return query.isPending ? (
    <p className="muted">
      Loading <ExternalText text={what} />.
    </p>
  ) : null
}
