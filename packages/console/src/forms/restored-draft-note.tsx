/** The note above a form that was filled with an earlier draft. */
export function RestoredDraftNote({ draft }: { draft: { isRestored: boolean; discard: () => void } }) {
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
