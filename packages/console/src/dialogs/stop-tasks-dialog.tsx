import type { Task } from '@ecs-api/client'
import { useState } from 'react'
import { apiPath, disabledReasonOf, taskActions } from '../actions.ts'
import { TextField } from '../forms/fields.tsx'
import { useMe } from '../live/queries.ts'
import { serviceNameOf } from '../live/service-name.ts'
import { counted } from '../parts/counted.ts'
import { shellWord } from '../parts/shell-command.ts'
import { ChangesDialog } from './changes-dialog.tsx'

function effectOf(task: Task): string {
  const service = serviceNameOf(task)
  return service === undefined
    ? 'Nothing replaces it.'
    : `The service ${task.cluster}/${service} starts another task in its place.`
}

/** The dialog that stops one task or several. */
export default function StopTasksDialog({
  account,
  tasks,
  listName,
  onClose,
}: {
  account: string
  tasks: readonly Task[]
  /** The name of the list on whose page the tasks were selected; undefined on the page of the one task. */
  listName?: string | undefined
  onClose: () => void
}) {
  const me = useMe()
  const [typedReason, setReason] = useState('')
  const reason = typedReason.trim()
  const pathOf = ({ cluster, id }: Task) =>
    apiPath(account, 'clusters', cluster, 'tasks', id) + (reason === '' ? '' : `?${new URLSearchParams({ reason })}`)
  const reasonFlag = reason === '' ? '' : ` --reason ${shellWord(reason)}`
  const nameOf = (task: Task) => {
    const id = task.id.slice(0, 8)
    return listName === undefined ? id : `${id} of ${task.cluster}/${serviceNameOf(task) ?? task.group ?? ''}`
  }
  return (
    <ChangesDialog
      account={account}
      listName={listName}
      nouns={['task', 'tasks']}
      hasPlan={false}
      changes={tasks.map((task) => ({
        name: nameOf(task),
        request: { method: 'DELETE', path: pathOf(task) },
        effect: effectOf(task),
        disabledReason: disabledReasonOf(taskActions(me, task, account), 'stop'),
        cli: `ecs-api stop ${shellWord(`${account}/${task.cluster}/${task.id}`)}${reasonFlag}`,
      }))}
      titleStart="Stop the task"
      titleStartOfSeveral="Stop"
      buttonLabel="Stop the task"
      isDangerous
      fields={
        <TextField
          id="reason"
          label="Reason"
          help="Optional. ECS shows it as the stopped reason of the task."
          value={typedReason}
          onChange={setReason}
        />
      }
      batchButtonLabel={(count) => `Stop ${counted(count, ['task', 'tasks'])}`}
      doneText="being stopped"
      doneSentence={(name) => `The task ${name} is being stopped.`}
      onClose={onClose}
    />
  )
}
