import { Problem } from '../parts/problem.tsx'
import type { ShownChanges } from './hidden-values.ts'

/** The note below changes with hidden values, and the button that shows the values. */
export function HiddenValuesNote({ hasHidden, isShown, toggle, error }: Omit<ShownChanges, 'changes'>) {
  return (
    <>
      {hasHidden && !isShown && (
        <p className="muted">
          Values that may be secret are hidden.
          {toggle === undefined && ' The page of the task definition shows them.'}
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
