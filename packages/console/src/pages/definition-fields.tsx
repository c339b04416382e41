/** The fields of a task definition: family, size, roles, and the fields of each container. */
import { useState } from 'react'
import { useRolesInUse } from '../live/queries.ts'
import { errorAt, SelectField, TextField } from '../parts/fields.tsx'
import { nameFault } from '../parts/name-fault.ts'
import { withMember } from '../parts/with-member.ts'
import { ContainerFields } from './container-fields.tsx'
import { awslogsConfiguration, type Container, containersOf, withLogGroupOfFamily } from './container-values.ts'
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
  /** The 12-digit number of a local account; undefined for an account on AWS. */
  localAccountNumber: string | undefined
}

export const roleArn = (accountNumber: string, name: string) => `arn:aws:iam::${accountNumber}:role/${name}`

export function DefinitionFields({
  account,
  definition,
  isRevision,
  rejection,
  onChange,
}: {
  account: AccountFacts
  definition: Definition
  /** Whether the definition is a new revision of an existing family, whose name cannot change. */
  isRevision: boolean
  /** The error of the whole form; each field shows the part that concerns it. */
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
          error={nameFault(family) ?? errorAt(rejection, '/family')}
          help={
            isRevision ? undefined : 'The name of the task definition. Each registration adds a revision to the family.'
          }
          value={family}
          disabled={isRevision}
          onChange={(value) =>
            onChange({
              ...definition,
              family: value.trim(),
              containerDefinitions: containers.map((each) => withLogGroupOfFamily(each, family, value.trim())),
            })
          }
        />
        <SizeFields definition={definition} rejection={rejection} onChange={onChange} />
        <RoleFields
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
              {
                name: `sidecar${containers.length}`,
                image: '',
                logConfiguration: awslogsConfiguration(family, account.region),
              },
            ])
          }
        >
          Add a container
        </button>
      </div>
    </>
  )
}

const smallestOption = ['', 'The smallest that fits'] as const
const gigabytes = (mib: number) => `${mib / 1024} GB (${mib} MiB)`
const vcpus = (units: number) => `${units / 1024} vCPU (${units})`

/** Adds the current value if the options lack it, so that it stays chosen: the plan reports an invalid value. */
const withCurrentValue = (options: (readonly [string, string])[], value: string) =>
  options.some(([each]) => each === value) ? options : [...options, [value, value] as const]

function SizeFields({
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
  const memorySizes = fargateSizes.find(([units]) => String(units) === cpu)?.[1] ?? []
  return (
    <div className="pair-of-fields">
      <SelectField
        id="cpu"
        label="CPU"
        error={errorAt(rejection, '/cpu')}
        value={cpu}
        options={withCurrentValue(
          [smallestOption, ...fargateSizes.map(([units]) => [String(units), vcpus(units)] as const)],
          cpu,
        )}
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
        options={withCurrentValue(
          [smallestOption, ...memorySizes.map((mib) => [String(mib), gigabytes(mib)] as const)],
          memory,
        )}
        onChange={(value) => onChange(withMember(definition, 'memory', value === '' ? undefined : Number(value)))}
      />
    </div>
  )
}

function RoleFields({
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
  const [wantsSuggestions, setWantsSuggestions] = useState(false)
  const rolesInUse = useRolesInUse(account.name, wantsSuggestions)
  const number = account.localAccountNumber ?? '123456789012'
  const localHint = account.localAccountNumber === undefined ? '' : ' A local account accepts any ARN.'
  const needsExecution = containers.some(
    ({ logConfiguration, secrets, image = '' }) =>
      logConfiguration?.logDriver === 'awslogs' ||
      Object.keys((secrets as object | undefined) ?? {}).length > 0 ||
      /^\d{12}\.dkr\.ecr[.-]/.test(image),
  )
  const roleFieldProps = (member: 'executionRoleArn' | 'taskRoleArn', name: string) => {
    const example = roleArn(number, name)
    return {
      isMono: true,
      placeholder: example,
      suggestions: [...new Set([...rolesInUse, ...(account.localAccountNumber === undefined ? [] : [example])])],
      value: definition[member] ?? '',
      onFocus: () => setWantsSuggestions(true),
      onChange: (value: string) => onChange(withMember(definition, member, value.trim())),
    }
  }
  return (
    <>
      <TextField
        id="execution-role"
        label="Execution role"
        help={`ECS starts the task with this role: it reads secrets and ECR images and writes logs.${localHint}`}
        error={
          needsExecution && !definition.executionRoleArn
            ? 'This definition needs an execution role, unless the account has a default one.'
            : errorAt(rejection, '/executionRoleArn')
        }
        {...roleFieldProps('executionRoleArn', 'ecsTaskExecutionRole')}
      />
      <TextField
        id="task-role"
        label="Task role"
        error={errorAt(rejection, '/taskRoleArn')}
        help={`The program in the container calls AWS with this role. Terminals need one, too.${localHint}`}
        {...roleFieldProps('taskRoleArn', 'task')}
      />
    </>
  )
}
