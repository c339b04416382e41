/**
 * The panel of an error: its message or the messages of its faults, a link to its documentation, and the request id to
 * copy.
 */
import { NoResponse, ProblemError } from '@ecs-api/client'
import { Link } from 'wouter'
import { CopyButton } from './copy.tsx'
import { PrintableText } from './printable-text.tsx'
import { TextWithCode } from './text-with-code.tsx'

export type ListLink = readonly [label: string, href: string]

/** The sentence of a missing resource that names the call for a list of those that exist. */
const listingCall = / GET [^ ]+ lists [^.]+\.$/

interface ProblemProps {
  error: unknown
  title?: string
  /** Stands in place of the call for the list when the resource does not exist. */
  list?: ListLink | undefined
}

export function Problem(props: ProblemProps) {
  if (!props.error) return null
  return (
    <div className="panel why" role="alert">
      <ProblemText {...props} />
    </div>
  )
}

/** The content of the panel. */
export function ProblemText({ error, title, list }: ProblemProps) {
  if (!(error instanceof ProblemError)) {
    const text = error instanceof NoResponse ? 'The gateway does not respond. The console tries again.' : String(error)
    return <PrintableText text={title ? `${title}: ${text}` : text} />
  }
  const shownList = error.status === 404 ? list : undefined
  return (
    <>
      <h2>
        <PrintableText text={title ?? error.problem.title} />
      </h2>
      {error.errors.length > 1 ? (
        <ul>
          {error.errors.map((each) => (
            <li key={JSON.stringify(each)}>
              <code>
                <PrintableText
                  text={'pointer' in each ? String(each.pointer) : 'name' in each ? String(each.name) : ''}
                />
              </code>
              {': '}
              <TextWithCode text={each.message} />
            </li>
          ))}
        </ul>
      ) : (
        <p>
          <TextWithCode text={shownList ? error.message.replace(listingCall, '') : error.message} />
          {shownList && (
            <>
              {' '}
              <Link className="in-text" href={shownList[1]}>
                {shownList[0]}
              </Link>
            </>
          )}
        </p>
      )}
      <ProblemReference error={error} />
    </>
  )
}

/** The documentation of a problem, and the id of its request. */
export function ProblemReference({ error: { code, requestId } }: { error: ProblemError }) {
  return (
    <p className="muted row">
      <a href={`/docs/problems/${encodeURIComponent(code)}`} target="_blank" rel="noopener">
        <PrintableText text={code} />
        <span className="visually-hidden"> (in a new tab)</span>
      </a>
      <CopyButton text={requestId} label="Copy the request id" />
    </p>
  )
}
