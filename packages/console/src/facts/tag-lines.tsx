import type { Tags } from '../forms/tag-values.ts'
import { PrintableText } from '../parts/printable-text.tsx'

/** The tags of a resource, one in a line. */
export function TagLines({ tags }: { tags: Tags }) {
  return Object.entries(tags).map(([key, value]) => (
    <div key={key}>
      <PrintableText text={`${key}=${value}`} />
    </div>
  ))
}
