/** Groups of labelled lines, such as the parts of a resource. */
import { Link } from 'wouter'
import { PrintableText } from '../parts/printable-text.tsx'
import '../styles/fact-groups.css'
import type { FactGroup } from './fact-values.ts'

export function FactGroups({ groups }: { groups: readonly FactGroup[] }) {
  return groups.map(({ title, href, rows }) => (
    <section key={title} className="fact-group" aria-label={title}>
      <h2>
        {href === undefined ? (
          <PrintableText text={title} />
        ) : (
          <Link href={href}>
            <PrintableText text={title} />
          </Link>
        )}
      </h2>
      {rows.length > 0 && (
        <dl>
          {rows.map(({ label, lines, isCode }) => (
            <div key={label}>
              <dt>
                <PrintableText text={label} />
              </dt>
              <dd className={isCode ? 'mono' : undefined}>
                {lines.map((line, i) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a value have no names
                  <div key={i}>
                    <PrintableText text={line} />
                  </div>
                ))}
              </dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  ))
}
