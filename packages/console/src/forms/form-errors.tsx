/** The errors of a form in one panel: links to the fields that show their error, and the texts of all other errors. */
import { ProblemError } from '@ecs-api/client'
import { PrintableText } from '../parts/printable-text.tsx'
import { Problem, ProblemReference, ProblemText } from '../parts/problem.tsx'
import { TextWithCode } from '../parts/text-with-code.tsx'
import type { FaultyField } from './faulty-fields.ts'
import { fieldLabelOf } from './field-label.ts'

/** The codes of errors about the values of fields: those of the gateway and those of ECS. */
const codesOfFields = /^(InvalidBody|ClientException|InvalidParameterException)$/

type Fault = ProblemError['errors'][number]

const isAboutFields = (error: unknown): error is ProblemError =>
  error instanceof ProblemError && codesOfFields.test(error.code) && error.errors.length > 0

export function FormErrors({
  errors,
  fields,
  onFocusField,
}: {
  errors: readonly unknown[]
  /** The fields of the form that show an error. */
  fields: readonly FaultyField[]
  onFocusField: (field: FaultyField) => void
}) {
  const distinct = [...new Map(errors.filter(Boolean).map((error) => [String(error), error])).values()]
  const aboutFields = distinct.filter(isAboutFields)
  const others = distinct.filter((error) => !isAboutFields(error))
  if (distinct.length <= 1 && aboutFields.length === 0) return <Problem error={distinct[0]} />
  const faults = aboutFields.flatMap((each) => each.errors)
  const shows = (field: FaultyField, { message }: Fault) => !field.isInDocument && field.message.includes(message)
  const faultyFields = fields.filter((field) => faults.some((fault) => shows(field, fault)))
  const faultsWithText = faults.filter((fault) => !fields.some((field) => shows(field, fault)))
  const names = new Map<string, FaultyField | undefined>([
    ...faultyFields.map((field) => [field.name, field] as const),
    ...faultsWithText.map((fault) => [nameOf(fault), fields.find(isLineOf(fault))] as const),
  ])
  return (
    <div className="panel why stack" role="alert">
      {names.size > 0 && (
        <h2>
          Correct{' '}
          {[...names].map(([name, field], i) => (
            <span key={name}>
              {i > 0 && ', '}
              <FieldLink name={name} field={field} onFocus={onFocusField} />
            </span>
          ))}
        </h2>
      )}
      {faultsWithText.length > 0 && (
        <ul>
          {faultsWithText.map((fault) => (
            <li key={JSON.stringify(fault)}>
              {names.size > 1 && (
                <strong>
                  <PrintableText text={nameOf(fault)} />:{' '}
                </strong>
              )}
              <TextWithCode text={fault.message} />
            </li>
          ))}
        </ul>
      )}
      {others.map((error) => (
        <ProblemText key={String(error)} error={error} />
      ))}
      {aboutFields.slice(0, 1).map((error) => (
        <ProblemReference key={error.requestId} error={error} />
      ))}
    </div>
  )
}

const isLineOf = (fault: Fault) => (field: FaultyField) =>
  field.isInDocument && field.name === nameOf(fault) && field.message === fault.message

/** The name of a value whose error no field shows. */
function nameOf(fault: Fault): string {
  if (!('pointer' in fault)) return 'name' in fault ? String(fault.name) : ''
  return fieldLabelOf(String(fault.pointer)) ?? String(fault.pointer)
}

/** The name of a field, which moves the focus to the field if the form has it. */
export function FieldLink({
  name,
  field,
  onFocus,
}: {
  name: string
  field: FaultyField | undefined
  onFocus: (field: FaultyField) => void
}) {
  if (!field) return <PrintableText text={name} />
  return (
    <button type="button" className="in-text" onClick={() => onFocus(field)}>
      <PrintableText text={name} />
    </button>
  )
}
