/** The fields of a task definition with one container, which a new service needs to run an image. */

import { EnvironmentField, ImageField, LogField, PortsField, ProgramFields } from '../forms/container-fields.tsx'
import { type Container, containersOf } from '../forms/container-values.ts'
import { errorAt, TextField } from '../forms/fields.tsx'
import { FoldedFields } from '../forms/folded-fields.tsx'
import { PlatformFields } from '../forms/platform-fields.tsx'
import { SizeFields } from '../forms/size-fields.tsx'
import { FoldedTags } from '../forms/tag-fields.tsx'
import { foldedFieldsSummary } from './creation-reasons.ts'
import { type AccountFacts, type Definition, withFamily } from './definition-values.ts'
import { ExecutionRoleField, TaskRoleField } from './role-fields.tsx'

/** The JSON Pointers of the folded fields. */
const foldedFields = [
  '/cpu',
  '/memory',
  '/runtimePlatform',
  '/taskRoleArn',
  ...['command', 'secrets', 'healthCheck'].map((member) => `/containerDefinitions/0/${member}`),
]

export function ImageFields({
  account,
  definition,
  requestError,
  onChange,
}: {
  account: AccountFacts
  definition: Definition
  /** The error of the registration or of its plan; each field shows the part that concerns it. */
  requestError: unknown
  onChange: (next: Definition) => void
}) {
  const [container = {}] = containersOf(definition)
  const containerProps = {
    index: 0,
    container,
    requestError,
    onChange: (next: Container) => onChange({ ...definition, containerDefinitions: [next] }),
  }
  const definitionProps = { account, definition, requestError, onChange }
  // A local account proposes a role and accepts any. On AWS the role must exist, so the person has to choose it.
  const executionRoleField = <ExecutionRoleField {...definitionProps} />
  const isLocal = account.localAccountNumber !== undefined
  return (
    <>
      <ImageField {...containerProps} />
      <PortsField {...containerProps} />
      <EnvironmentField {...containerProps} />
      {!isLocal && executionRoleField}
      <FoldedFields
        summary={foldedFieldsSummary}
        hasError={foldedFields.some((pointer) => errorAt(requestError, pointer) !== undefined)}
      >
        <SizeFields definition={definition} requestError={requestError} onChange={onChange} />
        <PlatformFields definition={definition} requestError={requestError} onChange={onChange} />
        <ProgramFields {...containerProps} />
        <LogField {...containerProps} family={definition.family ?? ''} region={account.region} />
        {isLocal && executionRoleField}
        <TaskRoleField {...definitionProps} />
        <FoldedTags
          id="definition-tags"
          summary="Tags of the task definition"
          body={definition}
          requestError={requestError}
          onChange={onChange}
        />
      </FoldedFields>
    </>
  )
}

/** The family of the definition. It stands below the name of the service, which it follows until it is changed. */
export function FamilyField({
  definition,
  requestError,
  onChange,
}: {
  definition: Definition
  requestError: unknown
  onChange: (next: Definition) => void
}) {
  return (
    <TextField
      id="family"
      label="Family of the task definition"
      error={errorAt(requestError, '/family')}
      help="It has the name of the service until you change it."
      value={definition.family ?? ''}
      onChange={(value) => onChange(withFamily(definition, value.trim()))}
    />
  )
}
