/** A query's state before it has data: nothing yet, or a problem. */
import { Problem } from './problem.tsx'

export function LoadingOrProblem({ query, what }: { query: { error: unknown; isPending: boolean }; what: string }) {
  if (query.error) return <Problem error={query.error} />
  return query.isPending ? <p className="muted">Loading {what}.</p> : null
}
