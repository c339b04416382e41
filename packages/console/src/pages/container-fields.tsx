/** The fields of one container of a task definition. */
import { ExternalText } from '../parts/external-text.tsx'
import { CheckField, errorAt, TextField } from '../parts/fields.tsx'
import { joined, LinkedArea, LinkedField } from '../parts/linked-field.tsx'
import { withMember } from '../parts/with-member.ts'
import {
  awslogs,
  type Container,
  commandText,
  commandWords,
  isOnLines,
  lineWithoutPair,
  listOf,
  pairsIn,
  pairsOf,
  pairsText,
  portsIn,
  portsOf,
  unclosedQuote,
  withPorts,
} from './container-values.ts'

export function ContainerFields({
  index,
  container,
  family,
  region,
  rejection,
  onChange,
  onRemove,
}: {
  index: number
  container: Container
  family: string
  region: string
  /** Of the form. */
  rejection: unknown
  onChange: (next: Container) => void
  /** Undefined for the only container. */
  onRemove: (() => void) | undefined
}) {
  const set = (member: string, value: unknown) => onChange(withMember(container, member, value))
  const id = (field: string) => `container-${index}-${field}`
  const error = (...members: string[]) =>
    members.map((member) => errorAt(rejection, `/containerDefinitions/${index}/${member}`)).find((each) => each)
  const environment = pairsOf(container.environment, 'value')
  const secrets = pairsOf(container.secrets, 'valueFrom')
  const driver = container.logConfiguration?.logDriver
  const group = container.logConfiguration?.options?.['awslogs-group']
  return (
    <fieldset className="panel stack">
      <legend>
        Container <ExternalText text={container.name} />
      </legend>
      <div className="pair-of-fields">
        <TextField
          id={id('name')}
          error={error('name')}
          label="Container name"
          value={container.name ?? ''}
          onChange={(value) => onChange({ ...container, name: value.trim() })}
        />
        <TextField
          id={id('image')}
          error={error('image')}
          label="Image"
          isMono
          placeholder="nginx:1.29"
          value={container.image ?? ''}
          onChange={(value) => onChange({ ...container, image: value.trim() })}
        />
      </div>
      <LinkedField
        id={id('ports')}
        error={error('ports', 'portMappings')}
        label="Ports"
        help="Between commas; 53/udp for UDP. None for a worker."
        value={portsOf(container)}
        format={joined}
        parse={portsIn}
        onChange={(ports) => onChange(withPorts(container, ports as (number | string)[]))}
      />
      <LinkedField
        id={id('command')}
        error={error('command')}
        check={unclosedQuote}
        label="Command"
        help="Instead of the image's own. Words as in a shell, but no shell runs."
        isMono
        placeholder="node server.js --port 80"
        value={listOf(container.command)}
        format={commandText}
        parse={commandWords as (text: string) => unknown[]}
        onChange={(command) => set('command', command)}
      />
      <LinkedArea
        id={id('environment')}
        error={error('environment')}
        check={lineWithoutPair}
        label="Environment"
        help={
          isOnLines(environment) ? 'One NAME=value on a line.' : 'It has values with line breaks: see the document.'
        }
        disabled={!isOnLines(environment)}
        placeholder="LEVEL=debug"
        value={environment}
        format={pairsText}
        parse={pairsIn}
        onChange={(pairs) => set('environment', pairs)}
      />
      <LinkedArea
        id={id('secrets')}
        error={error('secrets')}
        check={lineWithoutPair}
        label="Secrets"
        help="One NAME=ARN on a line, of a secret in Secrets Manager or a parameter in Parameter Store. They need an execution role."
        placeholder="DB_PASSWORD=arn:aws:secretsmanager:us-east-1:123456789012:secret:db"
        value={secrets}
        format={pairsText}
        parse={pairsIn}
        onChange={(pairs) => set('secrets', pairs)}
      />
      <CheckField
        label="Send its output to the log"
        help={
          driver === 'awslogs'
            ? `To the log group ${group ?? '(none)'} of CloudWatch Logs. It needs an execution role.`
            : driver === undefined
              ? 'Its output is lost.'
              : `It goes to the driver ${driver}: see the document.`
        }
        checked={driver !== undefined}
        disabled={driver !== undefined && driver !== 'awslogs'}
        onChange={(checked) => set('logConfiguration', checked ? awslogs(family, region) : undefined)}
      />
      {onRemove && (
        <div className="row">
          <button type="button" className="danger" onClick={onRemove}>
            Remove the container {container.name}
          </button>
        </div>
      )}
    </fieldset>
  )
}
