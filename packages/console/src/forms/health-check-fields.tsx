/** The fields of the health check of a container. */
import { useRef } from 'react'
import { type ContainerFieldProps, containerFieldId, memberError } from './container-field.ts'
import { FoldedFields } from './folded-fields.tsx'
import {
  describeUnclosedQuoteOfCmd,
  healthCheckOf,
  healthCommandText,
  parseHealthCommand,
} from './health-check-values.ts'
import { numberOrText, ParsedTextArea, ParsedTextField } from './parsed-field.tsx'
import { withMemberUnlessEmpty } from './with-member-unless-empty.ts'

/** The members of a health check beside its command, with ECS's limits and defaults (API Reference, HealthCheck). */
const numberFields = [
  ['interval', 'Interval, seconds', '5 to 300; 30 by default.'],
  ['timeout', 'Timeout, seconds', '2 to 60; 5 by default.'],
  ['retries', 'Retries', 'How many failures in a row are unhealthy: 1 to 10; 3 by default.'],
  ['startPeriod', 'Start period, seconds', 'When failures do not count yet: 0 to 300; none by default.'],
] as const

export function HealthCheckFields(props: ContainerFieldProps) {
  const { index, container, onChange } = props
  const check = healthCheckOf(container)
  // The interval, timeout, retries and start period: they are kept when the command is deleted and typed again.
  const lastNumbers = useRef({})
  const setCommand = (command: string[]) => {
    const { command: _, ...numbersOfCheck } = check
    if (command.length === 0) lastNumbers.current = numbersOfCheck
    const next = command.length > 0 ? { ...lastNumbers.current, ...numbersOfCheck, command } : undefined
    onChange(withMemberUnlessEmpty(container, 'healthCheck', next))
  }
  return (
    <>
      <ParsedTextArea
        id={containerFieldId(index, 'health')}
        error={memberError(props, 'healthCheck/command')}
        describeMistake={describeUnclosedQuoteOfCmd}
        label="Health check"
        help="A command that a shell in the container runs again and again: exit code 0 is healthy. With CMD at its start, no shell runs it. Without a health check, the health is not known."
        minRows={1}
        placeholder="curl -f http://localhost/ || exit 1"
        value={(check.command ?? []) as string[]}
        format={healthCommandText}
        parse={parseHealthCommand}
        onChange={setCommand}
      />
      <FoldedFields
        summary="Interval, timeout, retries and start period"
        hasError={numberFields.some(([member]) => memberError(props, `healthCheck/${member}`) !== undefined)}
      >
        <div className="pair-of-fields two">
          {numberFields.map(([member, label, limits]) => (
            <ParsedTextField
              key={member}
              id={containerFieldId(index, `health-${member}`)}
              type="number"
              label={label}
              help={limits}
              error={memberError(props, `healthCheck/${member}`)}
              value={check[member] ?? ''}
              format={String}
              parse={numberOrText as (text: string) => unknown}
              onChange={(value) =>
                onChange(withMemberUnlessEmpty(container, 'healthCheck', withMemberUnlessEmpty(check, member, value)))
              }
            />
          ))}
        </div>
      </FoldedFields>
    </>
  )
}
