import { ExternalText } from './external-text.tsx'
import type { Tags } from './tag-values.ts'

/** The tags of a resource, one in a line. */
export function TagLines({ tags }: { tags: Tags }) {
  return Object.entries(tags).map(([key, value]) => (
    <div key={key}>
      <ExternalText text={`${key}=${value}`} />
    </div>
  ))
}
