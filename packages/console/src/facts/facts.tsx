import type { ReactNode } from 'react'
import '../styles/facts.css'
import { printableContent } from '../parts/printable-text.tsx'

/** The characters of a name that fit in two lines of the panel. The middle of a longer one is left out. */
export const maxFactLength = 36

export type Fact = [name: string, value: ReactNode]

/** Names with values, in groups with a line between them. A row without a value is left out. */
export function Facts({ title, groups }: { title: string; groups: readonly (readonly Fact[])[] }) {
  const shown = groups.map((facts) =>
    facts.filter(([, value]) => value !== undefined && value !== null && value !== false && value !== ''),
  )
  return (
    <section className="panel stack">
      <h2>{title}</h2>
      {shown.map(
        (facts) =>
          facts.length > 0 && (
            <dl key={facts[0]![0]} className="facts">
              {facts.map(([name, value]) => (
                <div key={name} className="pair">
                  <dt>{printableContent(name)}</dt>
                  <dd>{printableContent(value)}</dd>
                </div>
              ))}
            </dl>
          ),
      )}
    </section>
  )
}
