import type { TaskDefinition } from '@ecs-api/client'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { PrintableText } from '../parts/printable-text.tsx'
import { paths } from '../paths.ts'
import { CheckField } from './fields.tsx'

/** The checkbox for ECS Exec. Its help text says when the task definition lacks the task role that ECS Exec needs. */
export function TerminalField({
  account,
  definition,
  missingRoleHelp,
  checked,
  onChange,
}: {
  account: string
  /** The task definition of the service; undefined while it is not known. */
  definition: Pick<TaskDefinition, 'name' | 'taskRoleArn'> | undefined
  /** How to give the definition a task role; by default a link to the form of a new revision. */
  missingRoleHelp?: ReactNode
  checked: boolean
  onChange: (checked: boolean) => void
}) {
  return (
    <CheckField
      label="Allow terminals"
      help={
        checked && definition && !definition.taskRoleArn ? (
          <>
            <PrintableText text={definition.name} /> has no task role, which ECS Exec needs.{' '}
            {missingRoleHelp || (
              <Link href={paths.newTaskDefinition(account, definition.name)}>Give it one in a new revision</Link>
            )}
          </>
        ) : (
          'A shell in a container (ECS Exec). The task definition needs a task role.'
        )
      }
      checked={checked}
      onChange={onChange}
    />
  )
}
