/** The page that creates a service. The plan of the request is beside the form. */
import { Link, useLocation, useSearch } from 'wouter'
import { apiPath, changeNotPermittedReason } from '../actions.ts'
import { useDraft } from '../live/draft.ts'
import { definitionNamesIn, useClusters, useMe, useTaskDefinition, useTaskDefinitions } from '../live/queries.ts'
import { shellWord } from '../parts/copy.tsx'
import { DocumentField, jsonText, useDocument } from '../parts/document-field.tsx'
import { CheckField, errorAt, TextField } from '../parts/fields.tsx'
import { isSameJson, LinkedField, numberOrText } from '../parts/linked-field.tsx'
import { MissingCluster } from '../parts/missing-cluster.tsx'
import { nameFault } from '../parts/name-fault.ts'
import { type Network, NetworkFields } from '../parts/network-fields.tsx'
import { PageHead } from '../parts/page.tsx'
import { ChangeEnd, usePlannedChange } from '../parts/planned-change.tsx'
import { Restored } from '../parts/restored.tsx'
import { TerminalField } from '../parts/terminal-field.tsx'
import { toast } from '../parts/toast.tsx'
import { withMember } from '../parts/with-member.ts'
import { paths } from '../paths.ts'

interface Body extends Partial<Network> {
  name?: string
  taskDefinition?: string
  count?: number | string
  enableExecuteCommand?: boolean
  deploymentConfiguration?: { deploymentCircuitBreaker?: { enable: boolean; rollback: boolean } }
}

interface Form {
  cluster: string | undefined
  /** The body of the request as JSON or YAML. */
  text: string
  /**
   * The query of the page's address when the form was last edited. A different query overrides definition and cluster.
   */
  search: string
}

const breakerThatRollsBack = { deploymentCircuitBreaker: { enable: true, rollback: true } }
const emptyForm: Form = {
  cluster: undefined,
  text: jsonText({ name: '', taskDefinition: '', count: 1, deploymentConfiguration: breakerThatRollsBack }),
  search: '',
}

export default function NewServicePage({ account }: { account: string }) {
  const search = useSearch()
  const draft = useDraft(`${account}.service`, emptyForm)
  const clusters = useClusters(account)
  const definitions = useTaskDefinitions(account)
  const me = useMe()
  const [, navigate] = useLocation()
  const prefilled = draft.value.search === search ? new URLSearchParams() : new URLSearchParams(search)
  const prefilledDefinition = prefilled.get('taskDefinition')
  const typedDocument = useDocument<Body>(draft.value.text)
  const document = useDocument<Body>(
    prefilledDefinition === null
      ? draft.value.text
      : typedDocument.textWith({ ...typedDocument.value, taskDefinition: prefilledDefinition }),
  )
  const body = document.formValue ?? {}
  const name = String(body.name ?? '')
  const taskDefinition = String(body.taskDefinition ?? '')
  const count = body.count ?? ''
  const chosenCluster = prefilled.get('cluster') ?? draft.value.cluster
  const cluster = chosenCluster ?? clusters.data?.[0]?.name ?? 'default'
  const setForm = (change: Partial<Form>) =>
    draft.set({ search, text: document.text, cluster: chosenCluster, ...change })
  const setBody = (next: Body) => setForm({ text: document.textWith(next) })
  const clusterNames = (clusters.data ?? []).map((each) => each.name)
  const isClusterMissing =
    clusters.data !== undefined && cluster !== '' && nameFault(cluster) === undefined && !clusterNames.includes(cluster)
  const definitionNames = definitionNamesIn(definitions.data)
  const definition = useTaskDefinition(account, definitionNames.includes(taskDefinition) ? taskDefinition : '').data
  const incompleteReason = !document.value
    ? 'Correct the document first.'
    : name === ''
      ? 'Type a name.'
      : nameFault(name)
        ? `Name: ${nameFault(name)}`
        : cluster === ''
          ? 'Type a cluster.'
          : nameFault(cluster)
            ? `Cluster: ${nameFault(cluster)}`
            : isClusterMissing
              ? `Create the cluster ${cluster} first.`
              : taskDefinition === ''
                ? 'Choose a task definition.'
                : /^\d+$/.test(String(count))
                  ? undefined
                  : 'Type a desired count: a number of tasks, 0 or more.'
  const change = usePlannedChange<unknown>({
    account,
    request:
      incompleteReason === undefined
        ? { method: 'POST', path: apiPath(account, 'clusters', cluster, 'services'), body }
        : undefined,
    incompleteReason,
    blockedReason: changeNotPermittedReason(me),
    onDone: () => {
      draft.discard()
      toast(`The service ${name} is being created.`)
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
        <div className="stack">
          <fieldset className="panel stack" disabled={!document.value}>
            <legend>Service</legend>
            <TextField
              id="name"
              label="Name"
              value={name}
              error={nameFault(name) ?? errorAt(rejection, '/name')}
              onChange={(value) => setBody({ ...body, name: value.trim() })}
            />
            <TextField
              id="cluster"
              label="Cluster"
              value={cluster}
              error={nameFault(cluster)}
              suggestions={clusterNames}
              onChange={(value) => setForm({ cluster: value.trim() })}
            />
            {isClusterMissing && (
              <MissingCluster account={account} name={cluster} disabledReason={changeNotPermittedReason(me)} />
            )}
            <TextField
              id="definition"
              label="Task definition"
              help="A family (its newest revision is used), or family:revision."
              value={taskDefinition}
              suggestions={definitionNames}
              error={errorAt(rejection, '/taskDefinition')}
              onChange={(value) => setBody({ ...body, taskDefinition: value.trim() })}
            />
            <LinkedField
              id="count"
              type="number"
              label="Desired count"
              value={count}
              format={String}
              parse={numberOrText}
              error={errorAt(rejection, '/count')}
              onChange={(value) => setBody({ ...body, count: value })}
            />
            <CheckField
              label="Roll back when a deployment fails"
              help="The deployment circuit breaker: after some failed tasks, ECS goes back to the previous release."
              checked={body.deploymentConfiguration?.deploymentCircuitBreaker?.rollback ?? false}
              onChange={(checked) => {
                const { deploymentCircuitBreaker, ...others } = body.deploymentConfiguration ?? {}
                setBody(
                  withMember(
                    body,
                    'deploymentConfiguration',
                    checked ? { ...others, ...breakerThatRollsBack } : others,
                  ),
                )
              }}
            />
            <TerminalField
              account={account}
              definition={definition}
              checked={body.enableExecuteCommand ?? false}
              onChange={(checked) => setBody(withMember(body, 'enableExecuteCommand', checked || undefined))}
            />
            <details>
              <summary>Network</summary>
              <div className="stack">
                <NetworkFields
                  network={{
                    subnets: body.subnets ?? [],
                    securityGroups: body.securityGroups ?? [],
                    assignPublicIp: body.assignPublicIp ?? false,
                  }}
                  help="Without subnets, the tasks run in the default subnets of the account, if it has any."
                  onChange={(member, value) => setBody(withMember(body, member, value || undefined))}
                />
              </div>
            </details>
          </fieldset>
          <details>
            <summary>Edit as document</summary>
            <DocumentField
              label="Document (JSON or YAML)"
              help="The body of the request, with every field of CreateService but the cluster, which is in the path."
              document={document}
              onChange={(text) => setForm({ text })}
            />
          </details>
        </div>
        <div className="stack">
          <ChangeEnd change={change} buttonLabel="Create" cli={createCommand(`${account}/${cluster}/${name}`, body)} />
        </div>
      </form>
    </>
  )
}

/** The `ecs-api` command for the request: with flags if they can express the body, else with the body on stdin. */
function createCommand(ref: string, body: Body): string {
  const { name, taskDefinition, count, enableExecuteCommand, deploymentConfiguration, ...others } = body
  const isPlain = deploymentConfiguration === undefined || isSameJson(deploymentConfiguration, breakerThatRollsBack)
  if (Object.keys(others).length > 0 || !isPlain)
    return `echo ${shellWord(JSON.stringify(body))} | ecs-api services create ${shellWord(ref)} -f -`
  const flags = [
    `--task-definition ${shellWord(String(taskDefinition))} --count ${count}`,
    ...(deploymentConfiguration ? ['--circuit-breaker rollback'] : []),
    ...(enableExecuteCommand ? ['--exec'] : []),
  ]
  return `ecs-api services create ${shellWord(ref)} ${flags.join(' ')}`
}
