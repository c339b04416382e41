/** The text in place of a query's data while there are none: that they are loading, or the problem. */
import { NoResponse } from '@ecs-api/client'
import { PrintableText } from './printable-text.tsx'
import { type ListLink, Problem } from './problem.tsx'

export function LoadingOrProblem({
  query,
  subject,
  list,
}: {
  query: { error: unknown; isPending: boolean }
  subject: string
  /** A link to the list of what does exist, for a page of a resource. */
  list?: ListLink
}) {
  // The note at the top of the page already says that the connection is lost.
  if (query.error instanceof NoResponse)
    return (
      <p className="muted">
        Waiting for the gateway to show <PrintableText text={subject} />.
      </p>
    )
  if (query.error) return <Problem error={query.error} list={list} />
  return query.isPending ? (
    <p className="muted">
      Loading <PrintableText text={subject} />.
    </p>
  ) : null
}
