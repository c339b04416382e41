/** An error: what, where, the next step, and the request id to copy. */
import { NoResponse, ProblemError } from '@ecs-api/client'
import { Copy } from './copy.tsx'
import { ExternalText } from './external-text.tsx'

export function Problem({ error, title }: { error: unknown; title?: string }) {
  if (!error) return null
  if (error instanceof ProblemError) {
    return (
      <div className="panel why" role="alert">
        <h2>
          <ExternalText text={title ?? error.problem.title} />
        </h2>
        <p>
          <ExternalText text={error.message} />
        </p>
        {error.errors.length > 1 && (
          <ul>
            {error.errors.map((each) => (
              <li key={JSON.stringify(each)}>
                <code>{'pointer' in each ? String(each.pointer) : String('name' in each ? each.name : '')}</code>{' '}
                <ExternalText text={each.message} />
              </li>
            ))}
          </ul>
        )}
        <p className="muted row">
          <a href={`/docs/problems/${encodeURIComponent(error.code)}`} target="_blank" rel="noopener">
            {error.code}
            <span className="visually-hidden"> (in a new tab)</span>
          </a>
          <Copy text={error.requestId} label="Copy the request id" />
        </p>
      </div>
    )
  }
  const text = error instanceof NoResponse ? 'The service does not respond. The console tries again.' : String(error)
  return (
    <div className="panel why" role="alert">
      <ExternalText text={title ? `${title}: ${text}` : text} />
    </div>
  )
}
