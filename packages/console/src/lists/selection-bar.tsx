/** The bar of the selected rows of a list, and the dialogs that it opens. */
import { createContext, lazy, type ReactNode, Suspense, useState } from 'react'
import type { Action } from '../actions.ts'
import type { Selection } from '../live/selection.ts'
import type { Nouns } from '../parts/counted.ts'

const SelectionActions = lazy(() => import('./selection-actions.tsx'))

/** Clears the selection. A dialog calls it after it has made its change to all selected items. */
export const ClearSelection = createContext<() => void>(() => undefined)

export function SelectionBar<T>({
  listName,
  nouns,
  selection: { items, select },
  shownItems,
  actions,
  dialogOf,
}: {
  /** The name of the list, such as `prod services`. */
  listName: string
  nouns: Nouns
  selection: Selection<T>
  /** The rows that the filter shows. */
  shownItems: readonly T[]
  actions: readonly Action[]
  /** The dialog of an action on the items that were selected when its button was pressed. */
  dialogOf: (actionId: string, items: T[], onClose: () => void) => ReactNode
}) {
  const [open, setOpen] = useState<{ actionId: string; items: T[] }>()
  const shown = new Set(shownItems)
  const clear = () => select(new Set())
  return (
    <>
      <Suspense fallback={null}>
        <SelectionActions
          listName={listName}
          nouns={nouns}
          count={items.length}
          hiddenCount={items.filter((item) => !shown.has(item)).length}
          actions={actions}
          onPress={(actionId) => setOpen({ actionId, items })}
          onClear={clear}
        />
      </Suspense>
      <ClearSelection.Provider value={clear}>
        <Suspense fallback={null}>{open && dialogOf(open.actionId, open.items, () => setOpen(undefined))}</Suspense>
      </ClearSelection.Provider>
    </>
  )
}
