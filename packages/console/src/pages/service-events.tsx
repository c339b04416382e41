import { useServiceEvents } from '../live/queries.ts'
import { External } from '../parts/external.tsx'
import { NotYet } from '../parts/not-yet.tsx'
import { Table } from '../parts/table.tsx'
import { Exact } from '../parts/time.tsx'

export function EventsTab({ account, cluster, name }: { account: string; cluster: string; name: string }) {
  const events = useServiceEvents(account, cluster, name)
  if (!events.data) return <NotYet query={events} what="the events" />
  return (
    <Table
      label="Events"
      rows={events.data}
      keyOf={({ id }) => id}
      empty="ECS has reported no event yet."
      columns={[
        { title: 'When', cell: ({ createdAt }) => <Exact at={createdAt} /> },
        { title: 'Message', wide: true, cell: ({ message }) => <External text={message} /> },
      ]}
    />
  )
}
