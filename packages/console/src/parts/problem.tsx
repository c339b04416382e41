/** An error: what, where, the next step, and the request id to copy. */
import { NoResponse, ProblemError } from '@ecs-api/client'
import { Copy } from './copy.tsx'
import { ExternalText } from './external-text.tsx'
import { labelOf } from './field-label.ts'

export function Problem({ error, title }: { error: unknown; title?: string }) {
  if (!error) return null
  if (error instanceof ProblemError) {
    return (
      <div className="panel why" role="alert">
        <h2>
          <ExternalText text={title ?? titleOf(error)} />
        </h2>
        <p>
          <ExternalText text={withLabel(error.message)} />
        </p>
        {error.errors.length > 1 && (
          <ul>
            {error.errors.map((each) => (
              <li key={JSON.stringify(each)}>
                <Place fault={each} /> <ExternalText text={each.message} />
              </li>
            ))}
          </ul>
        )}
        <p className="muted row">
          <a href={`/docs/problems/${encodeURIComponent(error.code)}`} target="_blank" rel="noopener">
            <ExternalText text={error.code} />
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

type Fault = ProblemError['errors'][number]

const pointerOf = (fault: Fault) => ('pointer' in fault ? String(fault.pointer) : undefined)

/** A body that does not fit is to a person a form with fields to correct. */
function titleOf({ code, errors, problem }: ProblemError): string {
  const labels = new Set(errors.map((each) => labelOf(pointerOf(each) ?? '')))
  if (code !== 'InvalidBody' || labels.size === 0 || labels.has(undefined)) return problem.title
  return `Correct ${[...labels].join(', ')}`
}

/** The message of the first error begins with its pointer. */
function withLabel(message: string): string {
  const [, pointer = '', text = ''] = /^(\/\S*): (.*)$/s.exec(message) ?? []
  const label = labelOf(pointer)
  return label ? `${label}: ${text}` : message
}

function Place({ fault }: { fault: Fault }) {
  const label = labelOf(pointerOf(fault) ?? '')
  return label ? (
    <strong>
      <ExternalText text={label} />
    </strong>
  ) : (
    <code>
      <ExternalText text={pointerOf(fault) ?? ('name' in fault ? String(fault.name) : '')} />
    </code>
  )
}
