/** The fields of the health check of a container. */
import { useRef } from 'react'
import { type ContainerFieldProps, errorOf, fieldId } from './container-field.ts'
import { healthCheckOf, healthCommandText, parseHealthCommand, unclosedQuoteOfCmd } from './health-check-values.ts'
import { LinkedArea, LinkedField, numberOrText } from './linked-field.tsx'
import { More } from './more.tsx'
import { withMember } from './with-member.ts'

/** The members of a health check beside its command, with ECS's limits and defaults (API Reference, HealthCheck). */
const numbers = [
  ['interval', 'Interval, seconds', '5 to 300; 30 by default.'],
  ['timeout', 'Timeout, seconds', '2 to 60; 5 by default.'],
  ['retries', 'Retries', 'How many failures in a row are unhealthy: 1 to 10; 3 by default.'],
  ['startPeriod', 'Start period, seconds', 'When failures do not count yet: 0 to 300; none by default.'],
] as const

export function HealthCheckFields(props: ContainerFieldProps) {
  const { index, container, onChange } = props
  const check = healthCheckOf(container)
  // A command that is deleted and typed again keeps its numbers.
  const lastNumbers = useRef({})
  const setCommand = (command: string[]) => {
    const { command: _, ...others } = check
    if (command.length === 0) lastNumbers.current = others
    const next = command.length > 0 ? { ...lastNumbers.current, ...others, command } : undefined
    onChange(withMember(container, 'healthCheck', next))
  }
  return (
    <>
      <LinkedArea
        id={fieldId(index, 'health')}
        error={errorOf(props, 'healthCheck/command')}
        check={unclosedQuoteOfCmd}
        label="Health check"
        help="A command that a shell in the container runs again and again: exit code 0 is healthy. Begin with CMD for one without a shell. Without it, ECS shows the health UNKNOWN."
        minRows={1}
        placeholder="curl -f http://localhost/ || exit 1"
        value={(check.command ?? []) as string[]}
        format={healthCommandText}
        parse={parseHealthCommand}
        onChange={setCommand}
      />
      <More
        summary="Interval, timeout, retries and start period"
        hasError={numbers.some(([member]) => errorOf(props, `healthCheck/${member}`) !== undefined)}
      >
        <div className="pair-of-fields two">
          {numbers.map(([member, label, limits]) => (
            <LinkedField
              key={member}
              id={fieldId(index, `health-${member}`)}
              type="number"
              label={label}
              help={limits}
              error={errorOf(props, `healthCheck/${member}`)}
              value={check[member] ?? ''}
              format={String}
              parse={numberOrText as (text: string) => unknown}
              onChange={(value) => onChange(withMember(container, 'healthCheck', withMember(check, member, value)))}
            />
          ))}
        </div>
      </More>
    </>
  )
}
