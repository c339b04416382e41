/** The fields of one container of a task definition. */

import { ExternalText } from '../parts/external-text.tsx'
import { type ContainerFieldProps, errorOf, fieldId } from './container-field.ts'
import {
  arrayOrEmpty,
  awslogsConfiguration,
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
import { CheckField, TextField } from './fields.tsx'
import { HealthCheckFields } from './health-check-fields.tsx'
import { ImageTextField } from './image-field.tsx'
import { joinedWords, LinkedArea, LinkedField } from './linked-field.tsx'
import { SimulationField } from './simulation-field.tsx'
import { withMember } from './with-member.ts'

export function ContainerFields({
  family,
  region,
  onRemove,
  ...props
}: ContainerFieldProps & {
  family: string
  region: string
  /** Undefined for the only container, which cannot be removed. */
  onRemove: (() => void) | undefined
}) {
  const { index, container, onChange } = props
  return (
    <fieldset className="panel stack">
      <legend>
        Container <ExternalText text={container.name} />
      </legend>
      <div className="pair-of-fields">
        <TextField
          id={fieldId(index, 'name')}
          error={errorOf(props, 'name')}
          label="Container name"
          value={container.name ?? ''}
          onChange={(value) => onChange({ ...container, name: value.trim() })}
        />
        <ImageField {...props} />
      </div>
      <PortsField {...props} />
      <ProgramFields {...props} />
      <LogField {...props} family={family} region={region} />
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

export function ImageField(props: ContainerFieldProps) {
  const { index, container, onChange } = props
  return (
    <ImageTextField
      id={fieldId(index, 'image')}
      error={errorOf(props, 'image')}
      label="Image"
      value={container.image}
      onChange={(image) => onChange({ ...container, image })}
    />
  )
}

export function PortsField(props: ContainerFieldProps) {
  const { index, container, onChange } = props
  return (
    <LinkedField
      id={fieldId(index, 'ports')}
      error={errorOf(props, 'ports', 'portMappings')}
      label="Ports"
      help="Separated by commas; 53/udp for UDP. A worker needs none."
      value={portsOf(container)}
      format={joinedWords}
      parse={parsePorts}
      onChange={(ports) => onChange(withPorts(container, ports as (number | string)[]))}
    />
  )
}

/** The fields of the program that the container runs. */
export function ProgramFields(props: ContainerFieldProps) {
  return (
    <>
      <CommandField {...props} />
      <EnvironmentField {...props} />
      <SecretsField {...props} />
      <HealthCheckFields {...props} />
      <SimulationField {...props} />
    </>
  )
}

export function CommandField(props: ContainerFieldProps) {
  const { index, container, onChange } = props
  return (
    <LinkedArea
      id={fieldId(index, 'command')}
      error={errorOf(props, 'command')}
      check={unclosedQuote}
      label="Command"
      help="Replaces the command of the image. Quotes work as in a shell, but no shell runs."
      minRows={1}
      placeholder="node server.js --port 80"
      value={arrayOrEmpty(container.command)}
      format={commandText}
      parse={parseCommand as (text: string) => unknown[]}
      onChange={(command) => onChange(withMember(container, 'command', command))}
    />
  )
}

export function EnvironmentField(props: ContainerFieldProps) {
  const { index, container, onChange } = props
  const environment = pairsOf(container.environment, 'value')
  return (
    <LinkedArea
      id={fieldId(index, 'environment')}
      error={errorOf(props, 'environment')}
      check={lineWithoutPair}
      label="Environment"
      help={
        fitsOnLines(environment)
          ? 'One NAME=value on each line.'
          : 'A value has a line break: only a document can change it.'
      }
      disabled={!fitsOnLines(environment)}
      placeholder="LEVEL=debug"
      value={environment}
      format={pairsText}
      parse={parsePairs}
      onChange={(pairs) => onChange(withMember(container, 'environment', pairs))}
    />
  )
}

function SecretsField(props: ContainerFieldProps) {
  const { index, container, onChange } = props
  return (
    <LinkedArea
      id={fieldId(index, 'secrets')}
      error={errorOf(props, 'secrets')}
      check={lineWithoutPair}
      label="Secrets"
      help="One NAME=ARN on each line: a secret of Secrets Manager or a parameter of Parameter Store. Secrets need an execution role."
      placeholder="DB_PASSWORD=arn:aws:secretsmanager:us-east-1:123456789012:secret:db"
      value={pairsOf(container.secrets, 'valueFrom')}
      format={pairsText}
      parse={parsePairs}
      onChange={(pairs) => onChange(withMember(container, 'secrets', pairs))}
    />
  )
}

export function LogField({
  container,
  family,
  region,
  onChange,
}: Pick<ContainerFieldProps, 'container' | 'onChange'> & { family: string; region: string }) {
  const driver = container.logConfiguration?.logDriver
  const group = container.logConfiguration?.options?.['awslogs-group']
  return (
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
        onChange(withMember(container, 'logConfiguration', checked ? awslogsConfiguration(family, region) : undefined))
      }
    />
  )
}
