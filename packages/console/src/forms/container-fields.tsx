/** The fields of one container of a task definition. */

import { PrintableText } from '../parts/printable-text.tsx'
import { type ContainerFieldProps, containerFieldId, memberError } from './container-field.ts'
import {
  arrayOrEmpty,
  awslogsConfiguration,
  commandText,
  describeLineWithoutPair,
  describeUnclosedQuote,
  fitsOnLines,
  pairsOf,
  pairsText,
  parseCommand,
  parsePairs,
  parsePorts,
  portsOf,
  withPorts,
} from './container-values.ts'
import { CheckField, TextField } from './fields.tsx'
import { HealthCheckFields } from './health-check-fields.tsx'
import { ImageTextField } from './image-field.tsx'
import { joinWithCommas, ParsedTextArea, ParsedTextField } from './parsed-field.tsx'
import { SimulationField } from './simulation-field.tsx'
import { withMemberUnlessEmpty } from './with-member-unless-empty.ts'

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
    <fieldset className="panel stack" data-owner={container.name || undefined}>
      <legend>
        Container <PrintableText text={container.name} />
      </legend>
      <div className="pair-of-fields">
        <TextField
          id={containerFieldId(index, 'name')}
          error={memberError(props, 'name')}
          label="Container name"
          value={container.name ?? ''}
          onChange={(value) => onChange({ ...container, name: value.trim() })}
        />
        <ImageField {...props} />
      </div>
      <PortsField {...props} />
      <EnvironmentField {...props} />
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
      id={containerFieldId(index, 'image')}
      error={memberError(props, 'image')}
      label="Image"
      value={container.image}
      onChange={(image) => onChange({ ...container, image })}
    />
  )
}

export function PortsField(props: ContainerFieldProps) {
  const { index, container, onChange } = props
  return (
    <ParsedTextField
      id={containerFieldId(index, 'ports')}
      error={memberError(props, 'ports', 'portMappings')}
      label="Ports"
      help="Separated by commas; 53/udp for UDP. A worker needs none."
      value={portsOf(container)}
      format={joinWithCommas}
      parse={parsePorts}
      onChange={(ports) => onChange(withPorts(container, ports as (number | string)[]))}
    />
  )
}

/** The fields of the program that the container runs, without its environment. */
export function ProgramFields(props: ContainerFieldProps) {
  return (
    <>
      <CommandField {...props} />
      <SecretsField {...props} />
      <HealthCheckFields {...props} />
      <SimulationField {...props} />
    </>
  )
}

export function CommandField(props: ContainerFieldProps) {
  const { index, container, onChange } = props
  return (
    <ParsedTextArea
      id={containerFieldId(index, 'command')}
      error={memberError(props, 'command')}
      describeMistake={describeUnclosedQuote}
      label="Command"
      help="Replaces the command of the image. Quotes work as in a shell, but no shell runs."
      minRows={1}
      placeholder="node server.js --port 80"
      value={arrayOrEmpty(container.command)}
      format={commandText}
      parse={parseCommand as (text: string) => unknown[]}
      onChange={(command) => onChange(withMemberUnlessEmpty(container, 'command', command))}
    />
  )
}

export function EnvironmentField(props: ContainerFieldProps) {
  const { index, container, onChange } = props
  const environment = pairsOf(container.environment, 'value')
  return (
    <ParsedTextArea
      id={containerFieldId(index, 'environment')}
      error={memberError(props, 'environment')}
      describeMistake={describeLineWithoutPair}
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
      onChange={(pairs) => onChange(withMemberUnlessEmpty(container, 'environment', pairs))}
    />
  )
}

function SecretsField(props: ContainerFieldProps) {
  const { index, container, onChange } = props
  return (
    <ParsedTextArea
      id={containerFieldId(index, 'secrets')}
      error={memberError(props, 'secrets')}
      describeMistake={describeLineWithoutPair}
      label="Secrets"
      help="One NAME=ARN on each line: a secret of Secrets Manager or a parameter of Parameter Store. Secrets need an execution role."
      placeholder="DB_PASSWORD=arn:aws:secretsmanager:us-east-1:123456789012:secret:db"
      value={pairsOf(container.secrets, 'valueFrom')}
      format={pairsText}
      parse={parsePairs}
      onChange={(pairs) => onChange(withMemberUnlessEmpty(container, 'secrets', pairs))}
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
        onChange(
          withMemberUnlessEmpty(
            container,
            'logConfiguration',
            checked ? awslogsConfiguration(family, region) : undefined,
          ),
        )
      }
    />
  )
}
