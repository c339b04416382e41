/** The fields of one container of a task definition. */
import { ExternalText } from '../parts/external-text.tsx'
import { CheckField, errorAt, TextField } from '../parts/fields.tsx'
import { joinedWords, LinkedArea, LinkedField } from '../parts/linked-field.tsx'
import { withMember } from '../parts/with-member.ts'
import {
  arrayOrEmpty,
  awslogsConfiguration,
  type Container,
  commandText,
  fitsOnLines,
  lineWithoutPair,
  pairsOf,
  pairsText,
  parseCommand,
  parsePairs,
  parsePorts,
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
  /** The error of the whole form; each field shows the part that concerns it. */
  rejection: unknown
  onChange: (next: Container) => void
  /** Undefined for the only container, which cannot be removed. */
  onRemove: (() => void) | undefined
}) {
  const setMember = (member: string, value: unknown) => onChange(withMember(container, member, value))
  const fieldId = (field: string) => `container-${index}-${field}`
  const errorOf = (...members: string[]) =>
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
          id={fieldId('name')}
          error={errorOf('name')}
          label="Container name"
          value={container.name ?? ''}
          onChange={(value) => onChange({ ...container, name: value.trim() })}
        />
        <TextField
          id={fieldId('image')}
          error={errorOf('image')}
          label="Image"
          isMono
          placeholder="nginx:1.29"
          value={container.image ?? ''}
          onChange={(value) => onChange({ ...container, image: value.trim() })}
        />
      </div>
      <LinkedField
        id={fieldId('ports')}
        error={errorOf('ports', 'portMappings')}
        label="Ports"
        help="Separated by commas; 53/udp for UDP. A worker needs none."
        value={portsOf(container)}
        format={joinedWords}
        parse={parsePorts}
        onChange={(ports) => onChange(withPorts(container, ports as (number | string)[]))}
      />
      <LinkedField
        id={fieldId('command')}
        error={errorOf('command')}
        check={unclosedQuote}
        label="Command"
        help="Replaces the command of the image. Quotes work as in a shell, but no shell runs."
        isMono
        placeholder="node server.js --port 80"
        value={arrayOrEmpty(container.command)}
        format={commandText}
        parse={parseCommand as (text: string) => unknown[]}
        onChange={(command) => setMember('command', command)}
      />
      <LinkedArea
        id={fieldId('environment')}
        error={errorOf('environment')}
        check={lineWithoutPair}
        label="Environment"
        help={
          fitsOnLines(environment)
            ? 'One NAME=value on each line.'
            : 'A value has a line break: edit the document instead.'
        }
        disabled={!fitsOnLines(environment)}
        placeholder="LEVEL=debug"
        value={environment}
        format={pairsText}
        parse={parsePairs}
        onChange={(pairs) => setMember('environment', pairs)}
      />
      <LinkedArea
        id={fieldId('secrets')}
        error={errorOf('secrets')}
        check={lineWithoutPair}
        label="Secrets"
        help="One NAME=ARN on each line: a secret of Secrets Manager or a parameter of Parameter Store. Secrets need an execution role."
        placeholder="DB_PASSWORD=arn:aws:secretsmanager:us-east-1:123456789012:secret:db"
        value={secrets}
        format={pairsText}
        parse={parsePairs}
        onChange={(pairs) => setMember('secrets', pairs)}
      />
      <CheckField
        label="Send its output to the log"
        help={
          driver === 'awslogs'
            ? `The log group ${group ?? '(none)'} of CloudWatch Logs stores it. This needs an execution role.`
            : driver === undefined
              ? 'The output of the container is lost.'
              : `The log driver ${driver} stores it: edit the document to change it.`
        }
        checked={driver !== undefined}
        disabled={driver !== undefined && driver !== 'awslogs'}
        onChange={(checked) =>
          setMember('logConfiguration', checked ? awslogsConfiguration(family, region) : undefined)
        }
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
