/** A terminal in a container. Its library writes styles of its own, so it is a document of its own, in a frame. */
import { useState } from 'react'
import { Link, useLocation, useSearch } from 'wouter'
import { taskActions } from '../actions.ts'
import { askForTerminal, hasBeenUsed } from '../live/asked-terminal.ts'
import { useMe, useServiceOf, useTask } from '../live/queries.ts'
import { LoadingOrProblem } from '../parts/loading-or-problem.tsx'
import { PageHead } from '../parts/page.tsx'
import { SimulatedNote } from '../parts/simulated.tsx'
import { paths } from '../paths.ts'

export default function TerminalPage({ account, cluster, id }: { account: string; cluster: string; id: string }) {
  const query = useTask(account, cluster, id)
  const [, navigate] = useLocation()
  const [isAsked, setAsked] = useState(hasBeenUsed)
  const me = useMe()
  const task = query.data
  const container = new URLSearchParams(useSearch()).get('container') ?? task?.containers[0]?.name
  const owner = useServiceOf(account, task).data
  const { disabled, fix } = taskActions(me, task, account, owner).find((action) => action.id === 'terminal')!
  const address = `/console/terminal?${new URLSearchParams({ account, cluster, task: id, container: container ?? '' })}`
  return (
    <>
      <PageHead
        crumbs={[
          [account, paths.services(account)],
          [cluster, paths.cluster(account, cluster)],
          [`Task ${id.slice(0, 8)}`, paths.task(account, cluster, id)],
        ]}
        title="Terminal"
      >
        {(task?.containers.length ?? 0) > 1 && (
          <select
            aria-label="Container"
            value={container}
            onChange={(event) => navigate(paths.terminal(account, cluster, id, event.target.value))}
          >
            {task?.containers.map(({ name }) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        )}
        {task && !disabled && (
          <a className="button" href={address} target="_blank" rel="noreferrer" onClick={() => askForTerminal(address)}>
            New window
          </a>
        )}
      </PageHead>
      {!task && <LoadingOrProblem query={query} what="the task" />}
      {task && disabled && (
        <>
          <p className="panel">
            {disabled} {fix && <Link href={fix.to}>{fix.label}</Link>}
          </p>
          <SimulatedNote account={account} />
        </>
      )}
      {task && !disabled && container && !isAsked && (
        <p className="panel">
          <button type="button" className="primary" onClick={() => setAsked(true)}>
            Connect
          </button>
        </p>
      )}
      {task && !disabled && container && isAsked && (
        <iframe
          key={address}
          title={`Terminal in ${container}`}
          src={address}
          style={{ border: 0, width: '100%', height: '70vh' }}
        />
      )}
    </>
  )
}
