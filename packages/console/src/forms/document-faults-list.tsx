/** The faults of a document below its text, each with a button that moves the cursor to its place. */
import { PrintableText } from '../parts/printable-text.tsx'
import { TextWithCode } from '../parts/text-with-code.tsx'
import { type DocumentFault, lineOf } from './document-faults.ts'
import { fieldLabelOf } from './field-label.ts'

export function DocumentFaultsList({
  text,
  faults,
  onJump,
}: {
  text: string
  faults: readonly DocumentFault[]
  onJump: (range: { from: number; to: number }) => void
}) {
  if (faults.length === 0) return null
  return (
    <ul className="plain-list notes bad" aria-label="Errors in the document">
      {faults.map((fault, i) => (
        <li
          // biome-ignore lint/suspicious/noArrayIndexKey: two faults can be alike
          key={i}
          data-fault={fault.message}
          data-field={fault.pointer && (fieldLabelOf(fault.pointer) ?? fault.pointer)}
        >
          {fault.range && (
            <button type="button" className="plain" onClick={() => fault.range && onJump(fault.range)}>
              Line {lineOf(text, fault.range.from)}
            </button>
          )}{' '}
          {fault.pointer !== undefined && (
            <>
              <code>
                <PrintableText text={fault.pointer} />
              </code>
              {': '}
            </>
          )}
          <TextWithCode text={fault.message} />
        </li>
      ))}
    </ul>
  )
}
