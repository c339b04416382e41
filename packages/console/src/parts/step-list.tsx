/** A list of steps in order, such as those of a deployment, with their states and times. */
import '../styles/steps.css'
import { PrintableText } from './printable-text.tsx'
import { DayAndTime } from './time.tsx'

export interface Step {
  label: string
  /** `ended`: done, but no success. `never`: the steps ended before this one. */
  state: 'done' | 'ended' | 'current' | 'next' | 'failed' | 'never'
  /** The time of the step (ISO 8601). */
  at?: string | undefined
}

const stateWords = {
  done: 'done',
  ended: 'done',
  current: 'in progress',
  next: 'not yet',
  failed: 'failed',
  never: 'not reached',
}

export function StepList({ label, steps }: { label: string; steps: readonly Step[] }) {
  return (
    <section className="panel" aria-label={label}>
      <ol className="track">
        {steps.map((step, i) => (
          <li key={step.label} data-state={step.state} aria-current={step.state === 'current' ? 'step' : undefined}>
            <span className="visually-hidden">{stateWords[step.state]}: </span>
            <PrintableText text={step.label} />
            {step.at !== undefined && (
              <span className="muted">
                {' '}
                <DayAndTime at={step.at} after={steps.slice(0, i).findLast(({ at }) => at !== undefined)?.at} />
              </span>
            )}
          </li>
        ))}
      </ol>
    </section>
  )
}
