/** The causes that the gateway has found: the first one in full, with its evidence and next steps. */
import type { Cause, Diagnosis } from '@ecs-api/client'
import type { ReactNode } from 'react'
import { ExternalText } from './external-text.tsx'

export function Why({ diagnosis, actions }: { diagnosis: Diagnosis | undefined; actions?: ReactNode }) {
  const [first, ...others] = diagnosis?.causes ?? []
  if (!first) return null
  return (
    <section className={`panel stack ${first.severity === 'expected' ? '' : 'why'}`} aria-label="Why">
      <CauseText cause={first} />
      {actions && <div className="row">{actions}</div>}
      {others.length > 0 && (
        <details>
          <summary>
            {others.length} more {others.length === 1 ? 'cause' : 'causes'}
          </summary>
          <div className="stack">
            {others.map((cause) => (
              <CauseText key={cause.code + cause.summary} cause={cause} />
            ))}
          </div>
        </details>
      )}
    </section>
  )
}

function CauseText({ cause }: { cause: Cause }) {
  const evidence = [...new Set(cause.evidence.map(({ text }) => text))].filter(
    (text) => text.replace(/\.$/, '') !== cause.summary.replace(/\.$/, ''),
  )
  return (
    <div className="stack">
      <h2>
        <ExternalText text={cause.summary} />
      </h2>
      {evidence.slice(0, 3).map((text) => (
        <pre key={text}>
          <ExternalText text={text} />
        </pre>
      ))}
      {cause.next.length > 0 && (
        <ul>
          {cause.next.map((step) => (
            <li key={step.text}>
              <Step text={step.text} />
            </li>
          ))}
        </ul>
      )}
      <p>
        <a href={cause.docs}>More on {cause.code}</a>
      </p>
    </div>
  )
}

/** A next step. What stands between backticks is code. */
function Step({ text }: { text: string }) {
  return text.split('`').map((part, i) =>
    i % 2 === 0 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never move
      <ExternalText key={i} text={part} />
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never move
      <code key={i}>
        <ExternalText text={part} />
      </code>
    ),
  )
}
