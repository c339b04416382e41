/** The fields of a task definition: family, size, roles, and the fields of each container. */
import { errorAt, SelectField, TextField } from '../parts/fields.tsx'
import { withMember } from '../parts/with-member.ts'
import { ContainerFields } from './container-fields.tsx'
import { awslogsConfiguration, type Container, containersOf } from './container-values.ts'
import { type AccountFacts, type Definition, withFamily } from './definition-values.ts'
import { fargateSizes, memoryFor } from './fargate-sizes.ts'
import { ExecutionRoleField, TaskRoleField } from './role-fields.tsx'

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
          error={errorAt(rejection, '/family')}
          help={
            isRevision ? undefined : 'The name of the task definition. Each registration adds a revision to the family.'
          }
          value={family}
          disabled={isRevision}
          onChange={(value) => onChange(withFamily(definition, value.trim()))}
        />
        <SizeFields definition={definition} rejection={rejection} onChange={onChange} />
        <ExecutionRoleField account={account} definition={definition} rejection={rejection} onChange={onChange} />
        <TaskRoleField account={account} definition={definition} rejection={rejection} onChange={onChange} />
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

export function SizeFields({
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
