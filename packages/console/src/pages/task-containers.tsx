import type { Task, TaskDefinition } from '@ecs-api/client'
import { Link } from 'wouter'
import { wordOf } from '../facts/words.ts'
import { Table } from '../lists/table.tsx'
import { AddHealthCheck, containersByHealthCheck } from '../parts/health-check.tsx'
import { ImageName } from '../parts/image-name.tsx'
import { PrintableText } from '../parts/printable-text.tsx'
import { paths } from '../paths.ts'

/** The table of a task's containers, each with links to its terminal and its log. */
export function TaskContainers({
  account,
  task,
  definition,
  hasTerminal,
}: {
  account: string
  task: Task
  /** The task definition of the task; undefined while it is not known. */
  definition: TaskDefinition | undefined
  hasTerminal: boolean
}) {
  const withoutCheck = definition ? containersByHealthCheck(definition).withoutCheck : []
  return (
    <>
      <Table
        label="Containers"
        rows={task.containers}
        keyOf={({ name }) => name}
        emptyText="ECS names no container."
        columns={[
          { title: 'Container', cell: ({ name }) => <PrintableText text={name} /> },
          { title: 'Status', cell: ({ lastStatus }) => wordOf(lastStatus ?? '') },
          { title: 'Exit code', isOmittedWhenEmpty: true, cell: ({ exitCode }) => exitCode ?? '' },
          { title: 'Health', cell: ({ healthStatus }) => wordOf(healthStatus ?? '') },
          {
            title: 'Image',
            hasOwnLineOnPhone: true,
            cell: ({ image, imageDigest }) => <ImageName image={image} pinnedImage={imageDigest} />,
          },
          {
            title: 'Reason',
            hasOwnLineOnPhone: true,
            isOmittedWhenEmpty: true,
            cell: ({ reason }) => reason && <PrintableText text={reason} />,
          },
          {
            title: 'Actions',
            cell: ({ name }) => (
              <span className="row">
                {hasTerminal && (
                  <Link data-key="e" href={paths.terminal(account, task.cluster, task.id, name)}>
                    Terminal
                    <span className="visually-hidden">
                      {' '}
                      in <PrintableText text={name} />
                    </span>
                  </Link>
                )}
                <Link data-key="l" href={paths.taskLog(account, task.cluster, task.id, name)}>
                  Logs
                  <span className="visually-hidden">
                    {' '}
                    of <PrintableText text={name} />
                  </span>
                </Link>
              </span>
            ),
          },
        ]}
      />
      {definition && withoutCheck.length > 0 && (
        <p className="muted">
          <PrintableText text={withoutCheck.join(', ')} /> {withoutCheck.length === 1 ? 'has' : 'have'} no health check,
          so the health is not known.{' '}
          <AddHealthCheck account={account} definition={definition} container={withoutCheck[0]} />
        </p>
      )}
    </>
  )
}
