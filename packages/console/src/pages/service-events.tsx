import { ListEnd } from '../lists/list-end.tsx'
import { Table } from '../lists/table.tsx'
import { useServiceEvents } from '../live/queries.ts'
import { EventMessage } from '../parts/event-message.tsx'
import { LoadingOrProblem } from '../parts/loading-or-problem.tsx'
import { DayAndTime } from '../parts/time.tsx'

export default function EventsTab({ account, cluster, name }: { account: string; cluster: string; name: string }) {
  const events = useServiceEvents(account, cluster, name)
  if (!events.data) return <LoadingOrProblem query={events} subject="the events" />
  return (
    <div className="stack">
      <Table
        label="Events"
        rows={events.data}
        keyOf={({ id }) => id}
        emptyText="ECS has reported no event yet."
        columns={[
          { title: 'When', cell: ({ createdAt }) => <DayAndTime at={createdAt} /> },
          {
            title: 'Message',
            hasOwnLineOnPhone: true,
            cell: ({ message }) => <EventMessage account={account} cluster={cluster} message={message} />,
          },
        ]}
      />
      <ListEnd list={events} noun="events" />
    </div>
  )
}
