/** The note over a form that shows what was typed before. */
export function Restored({ draft }: { draft: { isRestored: boolean; discard: () => void } }) {
  if (!draft.isRestored) return null
  return (
    <p className="row muted">
      This is what you typed before.
      <button type="button" className="plain" onClick={draft.discard}>
        Start afresh
      </button>
    </p>
  )
}
