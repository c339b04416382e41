/** The steps of something that goes on, in order, with their times. */
import { ExternalText } from './external-text.tsx'
import { Exact } from './time.tsx'

export interface Step {
  label: string
  state: 'done' | 'current' | 'next' | 'failed' | 'never'
  at?: string | undefined
}

const words = { done: 'done', current: 'in progress', next: 'not yet', failed: 'failed', never: 'not reached' }

export function Track({ label, steps }: { label: string; steps: readonly Step[] }) {
  return (
    <section className="panel" aria-label={label}>
      <ol className="track">
        {steps.map((step) => (
          <li key={step.label} data-state={step.state} aria-current={step.state === 'current' ? 'step' : undefined}>
            <span className="visually-hidden">{words[step.state]}: </span>
            <ExternalText text={step.label} />
            {step.at !== undefined && (
              <span className="muted">
                {' '}
                <Exact at={step.at} />
              </span>
            )}
          </li>
        ))}
      </ol>
    </section>
  )
}
