import type { Task } from '@ecs-api/client'
import { Link } from 'wouter'
import { ExternalText } from '../parts/external-text.tsx'
import { ImageName } from '../parts/image-name.tsx'
import { Table } from '../parts/table.tsx'
import { paths } from '../paths.ts'

/** The table of a task's containers, each with links to its terminal and its log. */
export function TaskContainers({ account, task, hasTerminal }: { account: string; task: Task; hasTerminal: boolean }) {
  return (
    <Table
      label="Containers"
      rows={task.containers}
      keyOf={({ name }) => name}
      emptyText="ECS names no container."
      columns={[
        { title: 'Container', cell: ({ name }) => <ExternalText text={name} /> },
        { title: 'Status', cell: ({ lastStatus }) => lastStatus ?? '' },
        { title: 'Exit code', cell: ({ exitCode }) => exitCode ?? '' },
        { title: 'Health', cell: ({ healthStatus }) => healthStatus ?? '' },
        {
          title: 'Image',
          hasOwnLine: true,
          cell: ({ image, imageDigest }) => <ImageName image={image} pinnedImage={imageDigest} />,
        },
        { title: 'Reason', hasOwnLine: true, cell: ({ reason }) => <ExternalText text={reason} /> },
        {
          title: 'Do',
          cell: ({ name }) => (
            <span className="row">
              {hasTerminal && (
                <Link data-key="e" href={paths.terminal(account, task.cluster, task.id, name)}>
                  Terminal
                  <span className="visually-hidden">
                    {' '}
                    in <ExternalText text={name} />
                  </span>
                </Link>
              )}
              <Link data-key="l" href={paths.taskLog(account, task.cluster, task.id, name)}>
                Logs
                <span className="visually-hidden">
                  {' '}
                  of <ExternalText text={name} />
                </span>
              </Link>
            </span>
          ),
        },
      ]}
    />
  )
}
