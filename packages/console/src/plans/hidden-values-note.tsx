import { Problem } from '../parts/problem.tsx'
import type { ShownChanges } from './hidden-values.ts'

/** The note below changes with hidden values, and the button that shows the values. */
export function HiddenValuesNote({ hasHidden, isShown, toggle, error }: Omit<ShownChanges, 'changes'>) {
  return (
    <>
      {hasHidden && !isShown && (
        <p className="muted">
          Values that may be secret are hidden, because plans are copied into chats and tickets.
          {toggle === undefined
            ? ' The page of the task definition shows them.'
            : ' Once shown, they are shown in this tab until you hide them or sign out.'}
        </p>
      )}
      {toggle && (
        <div>
          <button type="button" onClick={toggle}>
            {isShown ? 'Hide the values' : 'Show the values'}
          </button>
        </div>
      )}
      <Problem error={error} />
    </>
  )
}
