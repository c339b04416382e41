/** The fields of the two roles of a task definition. */
import { useState } from 'react'
import { containersOf } from '../forms/container-values.ts'
import { errorAt, TextField } from '../forms/fields.tsx'
import { withMemberUnlessEmpty } from '../forms/with-member-unless-empty.ts'
import { useRolesInUse } from '../live/in-use.ts'
import { PrintableText } from '../parts/printable-text.tsx'
import { foldedFieldsSummary } from './creation-reasons.ts'
import { type AccountFacts, type Definition, roleArn } from './definition-values.ts'

interface RoleFieldProps {
  account: AccountFacts
  definition: Definition
  requestError: unknown
  onChange: (next: Definition) => void
}

export function ExecutionRoleField(props: RoleFieldProps) {
  const { account, definition, requestError } = props
  const needsRole = containersOf(definition).some(
    ({ logConfiguration, secrets, image = '' }) =>
      logConfiguration?.logDriver === 'awslogs' ||
      Object.keys((secrets as object | undefined) ?? {}).length > 0 ||
      /^\d{12}\.dkr\.ecr[.-]/.test(image),
  )
  return (
    <TextField
      id="execution-role"
      label="Execution role"
      help={`ECS starts the task with this role: it reads secrets and ECR images and writes logs.${localHint(account)}`}
      error={
        needsRole && !definition.executionRoleArn
          ? 'This definition needs an execution role, unless the account has a default one.'
          : errorAt(requestError, '/executionRoleArn')
      }
      {...useRoleField(props, 'executionRoleArn', 'ecsTaskExecutionRole')}
    />
  )
}

export function TaskRoleField(props: RoleFieldProps) {
  return (
    <TextField
      id="task-role"
      label="Task role"
      error={errorAt(props.requestError, '/taskRoleArn')}
      help={`The program in the container calls AWS with this role. Terminals need one, too.${localHint(props.account)}`}
      {...useRoleField(props, 'taskRoleArn', 'task')}
    />
  )
}

const maxChoices = 3

/** Buttons that fill in a task role: the one of a local account, or those that other definitions use. */
export function TaskRoleChoice({ account, definition, onChange }: Omit<RoleFieldProps, 'requestError'>) {
  const rolesInUse = useRolesInUse(account.name, account.localAccountNumber === undefined)
  const choices =
    account.localAccountNumber === undefined
      ? rolesInUse.slice(0, maxChoices)
      : [roleArn(account.localAccountNumber, 'task')]
  return (
    <>
      Type one under “{foldedFieldsSummary}”{choices.length > 0 && ', or: '}
      {choices.map((role, i) => (
        <span key={role}>
          {i > 0 && ', '}
          <button
            type="button"
            className="in-text"
            onClick={() => onChange(withMemberUnlessEmpty(definition, 'taskRoleArn', role))}
          >
            Use <PrintableText text={role} />
          </button>
        </span>
      ))}
      .
    </>
  )
}

const localHint = ({ localAccountNumber }: AccountFacts) =>
  localAccountNumber === undefined ? '' : ' A local account accepts any ARN.'

/** Reads the roles in use once the field has the focus. */
function useRoleField(
  { account, definition, onChange }: RoleFieldProps,
  member: 'executionRoleArn' | 'taskRoleArn',
  exampleName: string,
) {
  const [wantsSuggestions, setWantsSuggestions] = useState(false)
  const rolesInUse = useRolesInUse(account.name, wantsSuggestions)
  const example = roleArn(account.localAccountNumber ?? '123456789012', exampleName)
  return {
    isMonospace: true,
    placeholder: example,
    suggestions: [...new Set([...rolesInUse, ...(account.localAccountNumber === undefined ? [] : [example])])],
    value: definition[member] ?? '',
    onFocus: () => setWantsSuggestions(true),
    onChange: (value: string) => onChange(withMemberUnlessEmpty(definition, member, value.trim())),
  }
}
