/** Creates a service, with the plan beside the form. */
import { Link, useLocation, useSearch } from 'wouter'
import { apiPath, whyNoChange } from '../actions.ts'
import { useDraft } from '../live/draft.ts'
import { definitionNamesIn, useClusters, useMe, useTaskDefinition, useTaskDefinitions } from '../live/queries.ts'
import { quoted } from '../parts/copy.tsx'
import { CheckField, errorAt, TextField } from '../parts/fields.tsx'
import { MissingCluster } from '../parts/missing-cluster.tsx'
import { PageHead } from '../parts/page.tsx'
import { ChangeEnd, usePlannedChange } from '../parts/planned-change.tsx'
import { Restored } from '../parts/restored.tsx'
import { TerminalField } from '../parts/terminal-field.tsx'
import { toast } from '../parts/toast.tsx'
import { paths } from '../paths.ts'

interface Form {
  name: string
  cluster: string | undefined
  taskDefinition: string
  count: string
  rollsBack: boolean
  hasTerminal: boolean
  /** The query of the page's address when it was typed: another one names another definition or cluster. */
  search: string
}

const empty: Form = {
  name: '',
  cluster: undefined,
  taskDefinition: '',
  count: '1',
  rollsBack: true,
  hasTerminal: false,
  search: '',
}

export default function NewServicePage({ account }: { account: string }) {
  const search = useSearch()
  const draft = useDraft(`${account}.service`, empty)
  const clusters = useClusters(account)
  const definitions = useTaskDefinitions(account)
  const me = useMe()
  const [, navigate] = useLocation()
  const given = draft.value.search === search ? new URLSearchParams() : new URLSearchParams(search)
  const { name, count, rollsBack, hasTerminal } = draft.value
  const taskDefinition = given.get('taskDefinition') ?? draft.value.taskDefinition
  const chosenCluster = given.get('cluster') ?? draft.value.cluster
  const cluster = chosenCluster ?? clusters.data?.[0]?.name ?? 'default'
  const set = (typed: Partial<Form>) => draft.set({ search, taskDefinition, cluster: chosenCluster, ...typed })
  const clusterNames = (clusters.data ?? []).map((each) => each.name)
  const isClusterMissing = clusters.data !== undefined && cluster !== '' && !clusterNames.includes(cluster)
  const definitionNames = definitionNamesIn(definitions.data)
  const definition = useTaskDefinition(account, definitionNames.includes(taskDefinition) ? taskDefinition : '').data
  const missing =
    name === ''
      ? 'Type a name.'
      : cluster === ''
        ? 'Type a cluster.'
        : isClusterMissing
          ? `Create the cluster ${cluster} first.`
          : taskDefinition === ''
            ? 'Choose a task definition.'
            : /^\d+$/.test(count)
              ? undefined
              : 'Type a desired count: a number of tasks, 0 or more.'
  const change = usePlannedChange<unknown>({
    account,
    request:
      missing === undefined
        ? {
            method: 'POST',
            path: apiPath(account, 'clusters', cluster, 'services'),
            body: {
              name,
              taskDefinition,
              count: Number(count),
              ...(hasTerminal && { enableExecuteCommand: true }),
              ...(rollsBack && {
                deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
              }),
            },
          }
        : undefined,
    missing,
    blocked: whyNoChange(me),
    onDone: () => {
      draft.discard()
      toast(`Requested: the service ${name}.`)
      navigate(paths.service(account, cluster, name))
    },
  })
  const rejection = change.plan.error ?? change.error
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
      <Restored draft={draft} />
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          change.send()
        }}
      >
        <fieldset className="panel stack">
          <legend>Service</legend>
          <TextField
            id="name"
            label="Name"
            value={name}
            error={errorAt(rejection, '/name')}
            onChange={(value) => set({ name: value.trim() })}
          />
          <TextField
            id="cluster"
            label="Cluster"
            value={cluster}
            offered={clusterNames}
            onChange={(value) => set({ cluster: value.trim() })}
          />
          {isClusterMissing && <MissingCluster account={account} name={cluster} disabled={whyNoChange(me)} />}
          <TextField
            id="definition"
            label="Task definition"
            help="A family for its newest revision, or family:revision."
            value={taskDefinition}
            offered={definitionNames}
            error={errorAt(rejection, '/taskDefinition')}
            onChange={(value) => set({ taskDefinition: value.trim() })}
          />
          <TextField
            id="count"
            type="number"
            label="Desired count"
            value={count}
            error={errorAt(rejection, '/count')}
            onChange={(value) => set({ count: value })}
          />
          <CheckField
            label="Roll back when a deployment fails"
            help="The deployment circuit breaker: after some failed tasks ECS goes back to the release that ran."
            checked={rollsBack}
            onChange={(checked) => set({ rollsBack: checked })}
          />
          <TerminalField
            account={account}
            definition={definition}
            checked={hasTerminal}
            onChange={(checked) => set({ hasTerminal: checked })}
          />
        </fieldset>
        <div className="stack">
          <ChangeEnd
            change={change}
            verb="Create"
            cli={`ecs-api services create ${quoted(`${account}/${cluster}/${name}`)} --task-definition ${quoted(taskDefinition)} --count ${count}${rollsBack ? ' --circuit-breaker rollback' : ''}${hasTerminal ? ' --exec' : ''}`}
          />
        </div>
      </form>
    </>
  )
}
