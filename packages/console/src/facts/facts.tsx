import type { ReactNode } from 'react'
import '../styles/facts.css'
import { printableContent } from '../parts/printable-text.tsx'

/** The characters of a name that fit in a line of the panel. The middle of a longer one is left out. */
export const maxFactLength = 36

/** A list of names with values. A row without a value is left out. */
export function Facts({ title, facts }: { title: string; facts: [name: string, value: ReactNode][] }) {
  return (
    <section className="panel stack">
      <h2>{title}</h2>
      <dl className="facts">
        {facts
          .filter(([, value]) => value !== undefined && value !== null && value !== false && value !== '')
          .map(([name, value]) => (
            <div key={name} className="pair">
              <dt>{printableContent(name)}</dt>
              <dd>{printableContent(value)}</dd>
            </div>
          ))}
      </dl>
    </section>
  )
}
