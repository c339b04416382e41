/**
 * The page of a terminal in a container. The terminal is a separate document in a frame, because its library adds
 * styles that the content security policy of the console forbids.
 */
import { useState } from 'react'
import { Link, useLocation, useSearch } from 'wouter'
import { apiPath, taskActions } from '../actions.ts'
import { useMe, useServiceOfTask, useTask } from '../live/queries.ts'
import { serviceNameOf } from '../live/service-name.ts'
import { hasUserActivation, recordTerminalRequest } from '../live/terminal-request.ts'
import { Commands } from '../parts/copy.tsx'
import { curlCommand } from '../parts/curl-command.ts'
import { LoadingOrProblem } from '../parts/loading-or-problem.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { shellWord } from '../parts/shell-command.ts'
import { isSimulated } from '../parts/simulated.tsx'
import { paths } from '../paths.ts'

export default function TerminalPage({ account, cluster, id }: { account: string; cluster: string; id: string }) {
  const query = useTask(account, cluster, id)
  const [, navigate] = useLocation()
  const [isRequested, setRequested] = useState(hasUserActivation)
  const me = useMe()
  const task = query.data
  const container = new URLSearchParams(useSearch()).get('container') ?? task?.containers[0]?.name
  const serviceName = task && serviceNameOf(task)
  const owningService = useServiceOfTask(account, task).data
  const { disabledReason, fix } = taskActions(me, task, account, owningService).find(
    (action) => action.id === 'terminal',
  )!
  const address = `/console/terminal?${new URLSearchParams({ account, cluster, task: id, container: container ?? '' })}`
  return (
    <>
      <PageHead
        crumbs={[
          [account, paths.services(account)],
          [cluster, paths.cluster(account, cluster)],
          ...(serviceName === undefined
            ? []
            : ([[serviceName, paths.service(account, cluster, serviceName)]] as [string, string][])),
          [`Task ${id.slice(0, 8)}`, paths.task(account, cluster, id)],
        ]}
        title={serviceName === undefined ? 'Terminal' : `Terminal in ${serviceName}`}
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
        {task && !disabledReason && (
          <a
            className="button"
            href={address}
            target="_blank"
            rel="noreferrer"
            onClick={() => recordTerminalRequest(address)}
          >
            New window
          </a>
        )}
      </PageHead>
      {!task && (
        <LoadingOrProblem query={query} subject="the task" list={['All tasks', paths.tasks(account, { cluster })]} />
      )}
      {task && disabledReason && (
        <p className="panel">
          {disabledReason}{' '}
          {fix && (
            <Link className="in-text" href={fix.href}>
              {fix.label}
            </Link>
          )}
          {isSimulated(task) && (
            <a className="in-text" href="/docs/concepts/containers">
              How to use real containers
            </a>
          )}
        </p>
      )}
      {task && !disabledReason && container && !isRequested && (
        <p className="panel">
          <button type="button" className="primary" onClick={() => setRequested(true)}>
            Connect
          </button>
        </p>
      )}
      {task && !disabledReason && container && isRequested && (
        <iframe
          key={address}
          title={`Terminal in ${container}`}
          src={address}
          style={{ border: 0, width: '100%', height: '70vh' }}
        />
      )}
      {container && (
        <Commands
          cli={`ecs-api exec ${shellWord(`${account}/${cluster}/${id}`)} -c ${shellWord(container)}`}
          // curl has no terminal, so it runs one command.
          curl={curlCommand('POST', apiPath(account, 'clusters', cluster, 'tasks', id, 'exec'), {
            container,
            command: ['ls', '-l'],
            interactive: false,
          })}
        />
      )}
    </>
  )
}
