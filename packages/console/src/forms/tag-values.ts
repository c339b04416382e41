/** The tags of a service or of a task definition: their form in a document, and ECS's rules for them. */

export type Tags = Record<string, string>
export type TagRow = readonly [key: string, value: string]

/** Tags of AWS itself: only AWS can set or remove them. */
const isOfAws = (key: string) => /^aws:/i.test(key)

/** The tags of a document, from the API's map or from ECS's list `[{key, value}]`. */
export function tagsIn(value: unknown): Tags {
  if (Array.isArray(value))
    return Object.fromEntries(
      value.map((tag: unknown) => {
        const { key = '', value: text = '' } = (tag ?? {}) as { key?: unknown; value?: unknown }
        return [String(key), String(text)]
      }),
    )
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([key, text]) => [key, String(text ?? '')]))
    : {}
}

export const withoutTagsOfAws = (tags: Tags): Tags =>
  Object.fromEntries(Object.entries(tags).filter(([key]) => !isOfAws(key)))

/** The tags of the rows. An empty row is not a tag. */
export const tagsOfRows = (rows: readonly TagRow[]): Tags =>
  Object.fromEntries(rows.filter(([key, value]) => key !== '' || value !== ''))

/** The tags after a JSON Merge Patch of them. */
export function patchedTags(before: Tags, patch: unknown): Tags {
  if (patch === null) return {}
  const removed = new Set(Object.entries(patch ?? {}).flatMap(([key, value]) => (value === null ? [key] : [])))
  return Object.fromEntries(Object.entries({ ...before, ...tagsIn(patch) }).filter(([key]) => !removed.has(key)))
}

/** The JSON Merge Patch that changes the tags; null removes one. */
export const tagsPatch = (before: Tags, after: Tags): Record<string, string | null> => ({
  ...Object.fromEntries(Object.keys(before).flatMap((key) => (key in after ? [] : [[key, null] as const]))),
  ...Object.fromEntries(Object.entries(after).filter(([key, value]) => before[key] !== value)),
})

const maxTags = 50
const allowedCharacters = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u

/** Why ECS cannot take the tag (API Reference, Tag), in the words of the API. */
export function tagFault([key, value]: TagRow, rows: readonly TagRow[]): string | undefined {
  if (key === '' && value === '') return undefined
  if (key.length < 1 || key.length > 128) return 'Tag keys must have 1 to 128 characters.'
  if (!allowedCharacters.test(key) || !allowedCharacters.test(value))
    return `The tag ${key} contains invalid characters.`
  if (value.length > 256) return `The value of the tag ${key} has more than 256 characters.`
  if (isOfAws(key)) return 'Tag keys that start with aws: are reserved for Amazon Web Services use.'
  return rows.filter(([other]) => other === key).length > 1 ? `The tag key ${key} is given more than once.` : undefined
}

/** Why ECS cannot take the tags as a whole. */
export const tagCountFault = (rows: readonly TagRow[]): string | undefined =>
  rows.length > maxTags ? `A resource can have at most ${maxTags} tags.` : undefined

/** The first fault of the tags, for the reason of a button. */
export function tagsFault(tags: Tags): string | undefined {
  const rows = Object.entries(tags)
  const fault = rows.map((row) => tagFault(row, rows)).find((each) => each) ?? tagCountFault(rows)
  return fault && `Tags: ${fault}`
}
