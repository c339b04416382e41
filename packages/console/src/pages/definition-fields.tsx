/** The fields of a task definition: family, size, roles, and the fields of each container. */

import { ContainerFields } from '../forms/container-fields.tsx'
import { awslogsConfiguration, type Container, containersOf } from '../forms/container-values.ts'
import { errorAt, TextField } from '../forms/fields.tsx'
import { nameFault } from '../forms/name-fault.ts'
import { PlatformFields } from '../forms/platform-fields.tsx'
import { SizeFields } from '../forms/size-fields.tsx'
import { FoldedTags } from '../forms/tag-fields.tsx'
import { type AccountFacts, type Definition, withFamily } from './definition-values.ts'
import { ExecutionRoleField, TaskRoleField } from './role-fields.tsx'

export function DefinitionFields({
  account,
  definition,
  isRevision,
  requestError,
  onChange,
}: {
  account: AccountFacts
  definition: Definition
  /** Whether the definition is a new revision of an existing family, whose name cannot change. */
  isRevision: boolean
  /** The error of the request or of its plan; each field shows the part about itself. */
  requestError: unknown
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
          error={nameFault(family) ?? errorAt(requestError, '/family')}
          help={
            isRevision ? undefined : 'The name of the task definition. Each registration adds a revision to the family.'
          }
          value={family}
          disabled={isRevision}
          onChange={(value) => onChange(withFamily(definition, value.trim()))}
        />
        <SizeFields definition={definition} requestError={requestError} onChange={onChange} />
        <PlatformFields definition={definition} requestError={requestError} onChange={onChange} />
        <ExecutionRoleField account={account} definition={definition} requestError={requestError} onChange={onChange} />
        <TaskRoleField account={account} definition={definition} requestError={requestError} onChange={onChange} />
        <FoldedTags
          id="definition-tags"
          summary="Tags"
          body={definition}
          requestError={requestError}
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
          requestError={requestError}
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
