/** The panel of an error: its message, the faulty fields, a link to its documentation, and the request id to copy. */
import { NoResponse, ProblemError } from '@ecs-api/client'
import { Link } from 'wouter'
import { fieldLabelOf } from '../forms/field-label.ts'
import { CopyButton } from './copy.tsx'
import { PrintableText } from './printable-text.tsx'
import { TextWithCode } from './text-with-code.tsx'

export type ListLink = readonly [label: string, href: string]

/** The sentence of a missing resource that names the call for a list of those that exist. */
const listingCall = / GET [^ ]+ lists [^.]+\.$/

export function Problem({
  error,
  title,
  list,
  omitsFieldFaults = false,
}: {
  error: unknown
  title?: string
  /** Stands in place of the call for the list when the resource does not exist. */
  list?: ListLink | undefined
  /**
   * True when each field of the form shows its own fault. The panel then has no texts; its default title names the
   * fields.
   */
  omitsFieldFaults?: boolean
}) {
  if (!error) return null
  if (error instanceof ProblemError) {
    const shownList = error.status === 404 ? list : undefined
    const omitsTexts = omitsFieldFaults && fieldsOf(error) !== undefined
    return (
      <div className="panel why" role="alert">
        <h2>
          <PrintableText text={title ?? problemTitle(error)} />
        </h2>
        {!omitsTexts && (
          <p>
            <TextWithCode text={withLabel(shownList ? error.message.replace(listingCall, '') : error.message)} />
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
        {!omitsTexts && error.errors.length > 1 && (
          <ul>
            {error.errors.map((each) => (
              <li key={JSON.stringify(each)}>
                <FaultyField fault={each} /> <TextWithCode text={each.message} />
              </li>
            ))}
          </ul>
        )}
        <ProblemReference error={error} />
      </div>
    )
  }
  const text = error instanceof NoResponse ? 'The gateway does not respond. The console tries again.' : String(error)
  return (
    <div className="panel why" role="alert">
      <PrintableText text={title ? `${title}: ${text}` : text} />
    </div>
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

type Fault = ProblemError['errors'][number]

const pointerOf = (fault: Fault) => ('pointer' in fault ? String(fault.pointer) : undefined)

/** For an error whose faults are all fields of the form, the title names these fields. */
function problemTitle(error: ProblemError): string {
  const fields = fieldsOf(error)
  return fields ? `Correct ${fields.join(', ')}` : error.problem.title
}

/** The codes of errors about the values of fields: those of the gateway and those of ECS. */
const codesOfFields = /^(InvalidBody|ClientException|InvalidParameterException)$/

/** The labels of the faulty fields; undefined when one of the faults is in no field. */
function fieldsOf({ code, errors }: ProblemError): string[] | undefined {
  const labels = [...new Set(errors.map((each) => fieldLabelOf(pointerOf(each) ?? '')))].filter(
    (label) => label !== undefined,
  )
  const isComplete = errors.every((each) => fieldLabelOf(pointerOf(each) ?? '') !== undefined)
  return codesOfFields.test(code) && labels.length > 0 && isComplete ? labels : undefined
}

/** Replaces the JSON Pointer at the start of a message with the label of its field. */
function withLabel(message: string): string {
  const [, pointer = '', text = ''] = /^(\/\S*): (.*)$/s.exec(message) ?? []
  const label = fieldLabelOf(pointer)
  return label ? `${label}: ${text}` : message
}

function FaultyField({ fault }: { fault: Fault }) {
  const label = fieldLabelOf(pointerOf(fault) ?? '')
  return label ? (
    <strong>
      <PrintableText text={label} />
    </strong>
  ) : (
    <code>
      <PrintableText text={pointerOf(fault) ?? ('name' in fault ? String(fault.name) : '')} />
    </code>
  )
}
