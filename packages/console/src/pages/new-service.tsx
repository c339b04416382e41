/** Creates a service, with the plan beside the form. */
import { useState } from 'react'
import { Link, useLocation, useSearch } from 'wouter'
import { apiPath, type Request } from '../actions.ts'
import { client } from '../live/client.ts'
import { useChange, useClusters, useTaskDefinitions } from '../live/queries.ts'
import { Commands, curlOf, quoted } from '../parts/copy.tsx'
import { PageHead } from '../parts/page.tsx'
import { PlanPanel, usePlan } from '../parts/plan.tsx'
import { Problem } from '../parts/problem.tsx'
import { toast } from '../parts/toast.tsx'
import { paths } from '../paths.ts'

export default function NewServicePage({ account }: { account: string }) {
  const given = new URLSearchParams(useSearch()).get('taskDefinition') ?? ''
  const clusters = useClusters(account).data ?? []
  const definitions = useTaskDefinitions(account)
  const families = [...new Set((definitions.data ?? []).map(({ family }) => family))]
  const [name, setName] = useState('')
  const [cluster, setCluster] = useState<string>()
  const [taskDefinition, setTaskDefinition] = useState(given)
  const [count, setCount] = useState('1')
  const [hasTerminal, setTerminal] = useState(false)
  const [rollsBack, setRollsBack] = useState(true)
  const [, navigate] = useLocation()
  const inCluster = cluster ?? clusters[0]?.name ?? 'default'
  const body = {
    name,
    taskDefinition,
    count: Number(count),
    ...(hasTerminal && { enableExecuteCommand: true }),
    ...(rollsBack && {
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
    }),
  }
  const isComplete = name !== '' && inCluster !== '' && taskDefinition !== '' && /^\d+$/.test(count)
  const request: Request | undefined = isComplete
    ? { method: 'POST', path: apiPath(account, 'clusters', inCluster, 'services'), body }
    : undefined
  const plan = usePlan(request)
  const change = useChange(account, ({ method, path, body }: Request) => client.request(method, path, { body }))
  const canSend = request !== undefined && plan.isSettled && !plan.error && !change.isPending
  return (
    <>
      <PageHead
        crumbs={[
          [account, paths.services(account)],
          ['Services', paths.services(account)],
        ]}
        title="Create a service"
      />
      {definitions.data?.length === 0 && (
        <p className="panel">
          A service runs a task definition, and there is none yet.{' '}
          <Link href={paths.newTaskDefinition(account)}>Register one first</Link>
        </p>
      )}
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          if (canSend)
            change.mutate(request, {
              onSuccess: () => {
                toast(`Requested: the service ${name}.`)
                navigate(paths.service(account, inCluster, name))
              },
            })
        }}
      >
        <fieldset className="panel stack">
          <legend>Service</legend>
          <div className="field">
            <label htmlFor="name">Name</label>
            <input id="name" value={name} onChange={(event) => setName(event.target.value.trim())} />
          </div>
          <div className="field">
            <label htmlFor="cluster">Cluster</label>
            <input
              id="cluster"
              list="clusters"
              value={inCluster}
              onChange={(event) => setCluster(event.target.value.trim())}
            />
            <datalist id="clusters">
              {clusters.map((each) => (
                <option key={each.name} value={each.name} />
              ))}
            </datalist>
          </div>
          <div className="field">
            <label htmlFor="definition">Task definition (family, or family:revision)</label>
            <input
              id="definition"
              list="definitions"
              value={taskDefinition}
              onChange={(event) => setTaskDefinition(event.target.value.trim())}
            />
            <datalist id="definitions">
              {families.map((family) => (
                <option key={family} value={family} />
              ))}
            </datalist>
          </div>
          <div className="field">
            <label htmlFor="count">Desired count</label>
            <input id="count" type="number" min={0} value={count} onChange={(event) => setCount(event.target.value)} />
          </div>
          <label className="row">
            <input type="checkbox" checked={rollsBack} onChange={(event) => setRollsBack(event.target.checked)} />
            Roll back when a deployment fails (deployment circuit breaker)
          </label>
          <label className="row">
            <input type="checkbox" checked={hasTerminal} onChange={(event) => setTerminal(event.target.checked)} />
            Allow terminals (enableExecuteCommand; the definition needs a task role)
          </label>
        </fieldset>
        <div className="stack">
          <PlanPanel plan={plan.data} error={plan.error} isLoading={!plan.isSettled} />
          <Problem error={change.error} />
          <div className="row">
            <button type="submit" className="primary" aria-disabled={!canSend}>
              Create
            </button>
          </div>
          {request && (
            <Commands
              cli={`ecs-api services create ${quoted(`${account}/${inCluster}/${name}`)} --task-definition ${quoted(taskDefinition)} --count ${count}${rollsBack ? ' --circuit-breaker rollback' : ''}${hasTerminal ? ' --exec' : ''}`}
              curl={curlOf('POST', request.path, request.body)}
            />
          )}
        </div>
      </form>
    </>
  )
}
