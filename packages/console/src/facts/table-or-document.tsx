/** A resource as labelled lines, or as the document that the API returns. */
import { type ReactNode, useState } from 'react'
import { ChoiceButtons } from '../lists/choice-buttons.tsx'
import { CopyButton } from '../parts/copy.tsx'
import { PrintableText } from '../parts/printable-text.tsx'
import { FactGroups } from './fact-groups.tsx'
import type { FactGroup } from './fact-values.ts'

const views = [
  ['table', 'Table', undefined],
  ['document', 'JSON', undefined],
] as const

export function TableOrDocument({
  groups,
  document,
  children,
}: {
  groups: readonly FactGroup[]
  document: object
  /** The buttons of the resource. */
  children?: ReactNode
}) {
  const [view, setView] = useState<(typeof views)[number][0]>('table')
  const text = JSON.stringify(document, null, 2)
  return (
    <>
      <div className="row spread">
        <div className="row">
          <ChoiceButtons choices={views} chosen={view} onChoose={setView} />
          {view === 'document' && <CopyButton text={text} />}
        </div>
        {children}
      </div>
      {view === 'table' ? (
        <div className="panel stack">
          <FactGroups groups={groups} />
        </div>
      ) : (
        <pre className="panel">
          <PrintableText text={text} />
        </pre>
      )}
    </>
  )
}
