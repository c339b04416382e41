import { CopyButton } from './copy.tsx'
import { PrintableText } from './printable-text.tsx'

/** A resource as the API returns it, folded. */
export function FoldedJson({ resource }: { resource: object }) {
  const text = JSON.stringify(resource, null, 2)
  return (
    <details>
      <summary>As the API returns it</summary>
      <div className="panel">
        <CopyButton text={text} />
        <pre>
          <PrintableText text={text} />
        </pre>
      </div>
    </details>
  )
}
