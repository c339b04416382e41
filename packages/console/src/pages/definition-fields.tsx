/** The fields of a task definition beside its containers: family, size, roles. */
import { useState } from 'react'
import { useRolesInUse } from '../live/queries.ts'
import { errorAt, SelectField, TextField } from '../parts/fields.tsx'
import { withMember } from '../parts/with-member.ts'
import { ContainerFields } from './container-fields.tsx'
import { awslogs, type Container, containersOf, withFamily } from './container-values.ts'
import { fargateSizes, memoryFor } from './fargate-sizes.ts'

export interface Definition {
  family?: string
  cpu?: unknown
  memory?: unknown
  executionRoleArn?: string
  taskRoleArn?: string
  containerDefinitions?: Container[]
  [member: string]: unknown
}

export interface AccountFacts {
  name: string
  region: string
  /** The number of a local account; undefined for one on AWS. */
  localNumber: string | undefined
}

export const exampleRole = (number: string, name: string) => `arn:aws:iam::${number}:role/${name}`

export function DefinitionFields({
  account,
  definition,
  isRevision,
  rejection,
  onChange,
}: {
  account: AccountFacts
  definition: Definition
  /** Of a family that exists. */
  isRevision: boolean
  /** Of the form; the fields show their parts of it. */
  rejection: unknown
  onChange: (next: Definition) => void
}) {
  const family = definition.family ?? ''
  const containers = containersOf(definition)
  const setContainers = (next: Container[]) => onChange({ ...definition, containerDefinitions: next })
  return (
    <>
      <fieldset className="panel stack">
        <legend>Task</legend>
        <TextField
          id="family"
          label="Family"
          error={errorAt(rejection, '/family')}
          help={isRevision ? undefined : 'The name of the definition. Each registration is a new revision of it.'}
          value={family}
          disabled={isRevision}
          onChange={(value) =>
            onChange({
              ...definition,
              family: value.trim(),
              containerDefinitions: containers.map((each) => withFamily(each, family, value.trim())),
            })
          }
        />
        <Size definition={definition} rejection={rejection} onChange={onChange} />
        <Roles
          account={account}
          definition={definition}
          containers={containers}
          rejection={rejection}
          onChange={onChange}
        />
      </fieldset>
      {containers.map((container, i) => (
        <ContainerFields
          // biome-ignore lint/suspicious/noArrayIndexKey: the name of a container is a field of it
          key={i}
          index={i}
          container={container}
          family={family}
          region={account.region}
          rejection={rejection}
          onChange={(next) => setContainers(containers.with(i, next))}
          onRemove={containers.length > 1 ? () => setContainers(containers.toSpliced(i, 1)) : undefined}
        />
      ))}
      <div className="row">
        <button
          type="button"
          onClick={() =>
            setContainers([
              ...containers,
              { name: `sidecar${containers.length}`, image: '', logConfiguration: awslogs(family, account.region) },
            ])
          }
        >
          Add a container
        </button>
      </div>
    </>
  )
}

const smallest = ['', 'The smallest that fits'] as const
const gigabytes = (mib: number) => `${mib / 1024} GB (${mib} MiB)`
const vcpus = (units: number) => `${units / 1024} vCPU (${units})`

/** A value that the table lacks stays chosen: the plan says what is wrong with it. */
const withPresent = (options: (readonly [string, string])[], value: string) =>
  options.some(([each]) => each === value) ? options : [...options, [value, value] as const]

function Size({
  definition,
  rejection,
  onChange,
}: {
  definition: Definition
  rejection: unknown
  onChange: (next: Definition) => void
}) {
  const cpu = String(definition.cpu ?? '')
  const memory = String(definition.memory ?? '')
  const offered = fargateSizes.find(([units]) => String(units) === cpu)?.[1] ?? []
  return (
    <div className="pair-of-fields">
      <SelectField
        id="cpu"
        label="CPU"
        error={errorAt(rejection, '/cpu')}
        value={cpu}
        options={withPresent([smallest, ...fargateSizes.map(([units]) => [String(units), vcpus(units)] as const)], cpu)}
        onChange={(value) => {
          const units = value === '' ? undefined : Number(value)
          const next = units === undefined ? undefined : memoryFor(units, Number(memory) || 0)
          onChange(withMember(withMember(definition, 'cpu', units), 'memory', next))
        }}
      />
      <SelectField
        id="memory"
        label="Memory"
        error={errorAt(rejection, '/memory')}
        value={memory}
        options={withPresent([smallest, ...offered.map((mib) => [String(mib), gigabytes(mib)] as const)], memory)}
        onChange={(value) => onChange(withMember(definition, 'memory', value === '' ? undefined : Number(value)))}
      />
    </div>
  )
}

function Roles({
  account,
  definition,
  containers,
  rejection,
  onChange,
}: {
  account: AccountFacts
  definition: Definition
  containers: readonly Container[]
  rejection: unknown
  onChange: (next: Definition) => void
}) {
  const [isOffering, setOffering] = useState(false)
  const inUse = useRolesInUse(account.name, isOffering)
  const number = account.localNumber ?? '123456789012'
  const hint = account.localNumber === undefined ? '' : ' Any ARN will do in a local account.'
  const needsExecution = containers.some(
    ({ logConfiguration, secrets, image = '' }) =>
      logConfiguration?.logDriver === 'awslogs' ||
      Object.keys((secrets as object | undefined) ?? {}).length > 0 ||
      /^\d{12}\.dkr\.ecr[.-]/.test(image),
  )
  const role = (member: 'executionRoleArn' | 'taskRoleArn', name: string) => {
    const example = exampleRole(number, name)
    return {
      isMono: true,
      placeholder: example,
      offered: [...new Set([...inUse, ...(account.localNumber === undefined ? [] : [example])])],
      value: definition[member] ?? '',
      onFocus: () => setOffering(true),
      onChange: (value: string) => onChange(withMember(definition, member, value.trim())),
    }
  }
  return (
    <>
      <TextField
        id="execution-role"
        label="Execution role"
        help={`ECS uses it to start the task: for logs, secrets and images of ECR.${hint}`}
        error={
          needsExecution && !definition.executionRoleArn
            ? 'This definition needs one, unless the account has a default.'
            : errorAt(rejection, '/executionRoleArn')
        }
        {...role('executionRoleArn', 'ecsTaskExecutionRole')}
      />
      <TextField
        id="task-role"
        label="Task role"
        error={errorAt(rejection, '/taskRoleArn')}
        help={`The program uses it for its own calls to AWS. Terminals need one, too.${hint}`}
        {...role('taskRoleArn', 'task')}
      />
    </>
  )
}
