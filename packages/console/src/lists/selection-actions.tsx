/** The bar below a list: how many rows are selected, the actions on them, and the batches that were started here. */
import { lazy, Suspense, useEffect, useState } from 'react'
import type { Action } from '../actions.ts'
import { isRunning, openLists, progressOf, removeBatch, useBatches } from '../live/batches.ts'
import { ActionButton } from '../parts/action-button.tsx'
import { counted, type Nouns } from '../parts/counted.ts'
import { PrintableText } from '../parts/printable-text.tsx'

const BatchResultsDialog = lazy(() => import('../dialogs/batch-results.tsx'))

export default function SelectionActions({
  listName,
  nouns,
  count,
  hiddenCount,
  actions,
  onPress,
  onClear,
}: {
  listName: string
  nouns: Nouns
  /** The number of selected rows. */
  count: number
  /** How many of them the filter hides. */
  hiddenCount: number
  actions: readonly Action[]
  onPress: (action: string) => void
  onClear: () => void
}) {
  const [shownBatch, setShownBatch] = useState<number>()
  const batches = useBatches().filter((batch) => batch.listName === listName)
  useEffect(() => {
    openLists.add(listName)
    return () => void openLists.delete(listName)
  }, [listName])
  const countText = count === 0 ? '' : `${counted(count, nouns)} selected`
  return (
    <>
      <div role="status" className="visually-hidden">
        {countText}
      </div>
      {(count > 0 || batches.length > 0) && (
        <section className="selection panel stack" aria-label={`Selected ${nouns[1]}`}>
          {count > 0 && (
            <div className="row">
              <strong>{countText}</strong>
              {hiddenCount > 0 && <span className="muted">{hiddenCount} hidden by the filter</span>}
              {actions.map((action) => (
                <ActionButton key={action.id} action={action} onPress={() => onPress(action.id)} />
              ))}
              <button type="button" className="plain" onClick={onClear}>
                Clear the selection
              </button>
            </div>
          )}
          {batches.map((batch) => (
            <div key={batch.id} className="row">
              <span>
                <PrintableText text={batch.title} />: {progressOf(batch)}
              </span>
              <button type="button" onClick={() => setShownBatch(batch.id)}>
                Show results
              </button>
              {!isRunning(batch) && (
                <button type="button" className="plain" onClick={() => removeBatch(batch.id)}>
                  Dismiss
                </button>
              )}
            </div>
          ))}
        </section>
      )}
      <Suspense fallback={null}>
        {shownBatch !== undefined && <BatchResultsDialog id={shownBatch} onClose={() => setShownBatch(undefined)} />}
      </Suspense>
    </>
  )
}
