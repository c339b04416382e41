/** The tags of a resource, as rows of a key and a value. */
import { useState } from 'react'
import { errorAt, TextField } from './fields.tsx'
import { FoldedFields } from './folded-fields.tsx'
import { isSameJson } from './parsed-field.tsx'
import { type TagRow, type Tags, tagCountFault, tagFault, tagsFault, tagsIn, tagsOfRows } from './tag-values.ts'
import { withMemberUnlessEmpty } from './with-member-unless-empty.ts'

export function TagFields({
  id,
  tags,
  help,
  error,
  onChange,
}: {
  id: string
  tags: Tags
  help?: string
  /** The error of the API about the tags. */
  error: string | undefined
  onChange: (next: Tags) => void
}) {
  const [typed, setTyped] = useState<readonly TagRow[]>(() => Object.entries(tags))
  // Empty and repeated rows are not tags yet. They are kept as typed until another field changes the tags.
  const rows = isSameJson(tagsOfRows(typed), tags) ? typed : Object.entries(tags)
  const setRows = (next: readonly TagRow[]) => {
    setTyped(next)
    onChange(tagsOfRows(next))
  }
  const fault = tagCountFault(rows) ?? error
  return (
    <div className="stack">
      {rows.length > 0 && (
        <div className="tags">
          <span className="muted" aria-hidden="true">
            Key
          </span>
          <span className="muted" aria-hidden="true">
            Value
          </span>
          {rows.map(([key, value], i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the key of a tag is a field of it
            <div key={i} className="tag">
              <TextField
                id={`${id}-key-${i}`}
                label={<span className="visually-hidden">Key of tag {i + 1}</span>}
                error={tagFault([key, value], rows)}
                value={key}
                onChange={(next) => setRows(rows.with(i, [next, value]))}
              />
              <TextField
                id={`${id}-value-${i}`}
                label={<span className="visually-hidden">Value of tag {i + 1}</span>}
                value={value}
                onChange={(next) => setRows(rows.with(i, [key, next]))}
              />
              <button type="button" onClick={() => setRows(rows.toSpliced(i, 1))}>
                Remove<span className="visually-hidden"> tag {i + 1}</span>
              </button>
            </div>
          ))}
        </div>
      )}
      <div className="row">
        <button type="button" onClick={() => setRows([...rows, ['', '']])}>
          Add a tag
        </button>
      </div>
      <span className="notes">
        {help && <span className="muted">{help} </span>}
        {fault && (
          <span className="bad" data-fault={fault}>
            {fault}
          </span>
        )}
      </span>
    </div>
  )
}

/** The tags in the body of a request that creates a resource, in a folded part of the form. */
export function FoldedTags<T extends { tags?: unknown }>({
  id,
  summary,
  body,
  help,
  requestError,
  onChange,
}: {
  id: string
  summary: string
  body: T
  help?: string
  requestError: unknown
  onChange: (next: T) => void
}) {
  const tags = tagsIn(body.tags)
  const count = Object.keys(tags).length
  const error = errorAt(requestError, '/tags')
  return (
    <FoldedFields
      summary={count > 0 ? `${summary} (${count})` : summary}
      hasError={error !== undefined || tagsFault(tags) !== undefined}
    >
      <TagFields
        id={id}
        tags={tags}
        {...(help && { help })}
        error={error}
        onChange={(next) => onChange(withMemberUnlessEmpty(body, 'tags', next))}
      />
    </FoldedFields>
  )
}
