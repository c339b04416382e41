/**
 * The page that creates a service, from an image or from a task definition. With an image, it also registers the
 * definition and creates the cluster. The plan of all that is beside the form.
 */
import type { Account } from '@ecs-api/client'
import { Link, useLocation, useSearch } from 'wouter'
import { changeNotPermittedReason } from '../actions.ts'
import { useDraft } from '../live/draft.ts'
import {
  definitionNamesIn,
  useAccounts,
  useClusters,
  useMe,
  useTaskDefinition,
  useTaskDefinitions,
} from '../live/queries.ts'
import { containersOf } from '../parts/container-values.ts'
import { DocumentField, jsonText, useDocument } from '../parts/document-field.tsx'
import { ExternalText } from '../parts/external-text.tsx'
import { ChoiceField, errorAt, TextField } from '../parts/fields.tsx'
import { LoadingOrProblem } from '../parts/loading-or-problem.tsx'
import { MissingCluster } from '../parts/missing-cluster.tsx'
import { nameFault } from '../parts/name-fault.ts'
import { PageHead } from '../parts/page.tsx'
import { ChangeEnd } from '../parts/planned-change.tsx'
import { Problem } from '../parts/problem.tsx'
import { Restored } from '../parts/restored.tsx'
import { toast } from '../parts/toast.tsx'
import { paths } from '../paths.ts'
import { creationCommands } from './creation-commands.ts'
import { accountFactsOf, type Definition, newDefinition, proposedName } from './definition-values.ts'
import { ImageFields } from './image-fields.tsx'
import { type Registration, usePlannedCreation } from './planned-creation.ts'
import { breakerThatRollsBack, type ServiceBody, ServiceFields } from './service-fields.tsx'

type Source = 'image' | 'definition'

interface Form {
  /** Undefined until the form is edited: then the default depends on the account. */
  source: Source | undefined
  cluster: string | undefined
  /** The body of the service's creation as JSON or YAML. */
  text: string
  /** The definition to register for an image; undefined until it is edited. */
  definition: Definition | undefined
  /** The name of the task definition, while the form begins with an image. */
  definitionName: string
  registration: Registration | undefined
  /**
   * The query of the page's address when the form was last edited. A different query overrides definition and cluster.
   */
  search: string
}

const emptyForm: Form = {
  source: undefined,
  cluster: undefined,
  text: jsonText({ name: '', taskDefinition: '', count: 1, deploymentConfiguration: breakerThatRollsBack }),
  definition: undefined,
  definitionName: '',
  registration: undefined,
  search: '',
}

export default function NewServicePage({ account }: { account: string }) {
  const accounts = useAccounts()
  const facts = accounts.data?.find(({ name }) => name === account)
  return (
    <>
      <PageHead
        crumbs={[
          [account, paths.services(account)],
          ['Services', paths.services(account)],
        ]}
        title="Create a service"
      />
      {facts ? <Editor account={facts} /> : <LoadingOrProblem query={accounts} subject={account} />}
    </>
  )
}

function Editor({ account: accountResource }: { account: Account }) {
  const account = accountResource.name
  const facts = accountFactsOf(accountResource)
  const search = useSearch()
  const draft = useDraft(`${account}.service`, emptyForm)
  const clusters = useClusters(account)
  const definitions = useTaskDefinitions(account)
  const me = useMe()
  const [, navigate] = useLocation()
  const prefilled = draft.value.search === search ? new URLSearchParams() : new URLSearchParams(search)
  const prefilledDefinition = prefilled.get('taskDefinition')
  const source =
    prefilledDefinition === null
      ? (draft.value.source ?? (definitions.data?.length === 0 ? 'image' : 'definition'))
      : 'definition'
  const isFromImage = source === 'image'
  const typedDocument = useDocument<ServiceBody>(draft.value.text)
  const textOfSource =
    prefilledDefinition !== null
      ? typedDocument.textWith({ ...typedDocument.value, taskDefinition: prefilledDefinition })
      : isFromImage && draft.value.source === undefined
        ? typedDocument.textWith(withoutDefinition(typedDocument.value))
        : draft.value.text
  const document = useDocument<ServiceBody>(textOfSource)
  const body = document.formValue ?? {}
  const name = String(body.name ?? '')
  const taskDefinition = String(body.taskDefinition ?? '')
  const definition = draft.value.definition ?? newDefinition(facts, { name: '' })
  const image = containersOf(definition)[0]?.image ?? ''
  const chosenCluster = prefilled.get('cluster') ?? draft.value.cluster
  const cluster = chosenCluster ?? clusters.data?.[0]?.name ?? 'default'
  const setForm = (change: Partial<Form>) =>
    draft.set({ search, source, text: document.text, cluster: chosenCluster, ...change })
  const setBody = (next: ServiceBody) => setForm({ text: document.textWith(next) })
  const setSource = (next: Source) =>
    next === 'image'
      ? setForm({
          source: next,
          text: document.textWith(withoutDefinition(body)),
          definitionName: taskDefinition,
        })
      : setForm({
          source: next,
          text: document.textWith({ ...body, taskDefinition: draft.value.definitionName }),
        })
  const setDefinition = (next: Definition) => {
    const nextImage = containersOf(next)[0]?.image ?? ''
    const nextName = proposedName(name, image, nextImage)
    setForm({
      definition: next,
      text: nextName === name ? document.text : document.textWith({ ...body, name: nextName }),
    })
  }
  const clusterNames = (clusters.data ?? []).map((each) => each.name)
  const isClusterMissing =
    clusters.data !== undefined && cluster !== '' && nameFault(cluster) === undefined && !clusterNames.includes(cluster)
  const definitionNames = definitionNamesIn(definitions.data)
  const existingDefinition = useTaskDefinition(
    account,
    !isFromImage && definitionNames.includes(taskDefinition) ? taskDefinition : '',
  ).data
  const incompleteReason = !document.value
    ? 'Correct the document first.'
    : (nameReason(name, cluster) ??
      (isFromImage ? imageReason(definition, body) : undefined) ??
      (name === ''
        ? 'Type a name.'
        : cluster === ''
          ? 'Type a cluster.'
          : isClusterMissing && !isFromImage
            ? `Create the cluster ${cluster} first.`
            : !isFromImage && taskDefinition === ''
              ? 'Choose a task definition.'
              : /^\d+$/.test(String(body.count ?? ''))
                ? undefined
                : 'Type a desired count: a number of tasks, 0 or more.'))
  const change = usePlannedCreation({
    account,
    inputs:
      incompleteReason === undefined
        ? { cluster, definition: isFromImage ? definition : undefined, service: body }
        : undefined,
    incompleteReason,
    blockedReason: changeNotPermittedReason(me),
    createsCluster: isFromImage && isClusterMissing,
    registration: draft.value.registration,
    onRegistration: (registration) => draft.set({ registration }),
    onDone: () => {
      draft.discard()
      toast(`The service ${name} is being created.`)
      navigate(paths.service(account, cluster, name))
    },
  })
  const rejection = change.requests.length > 0 ? [...change.planErrors, change.error] : []
  return (
    <>
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
            <ChoiceField
              legend="Begin with"
              value={source}
              options={[
                ['image', 'An image'],
                ['definition', 'A task definition'],
              ]}
              onChange={setSource}
            />
            {isFromImage ? (
              <ImageFields account={facts} definition={definition} rejection={rejection} onChange={setDefinition} />
            ) : (
              <>
                <TextField
                  id="definition"
                  label="Task definition"
                  help="A family (its newest revision is used), or family:revision."
                  value={taskDefinition}
                  suggestions={definitionNames}
                  error={errorAt(rejection, '/taskDefinition')}
                  onChange={(value) => setBody({ ...body, taskDefinition: value.trim() })}
                />
                {definitions.data?.length === 0 && (
                  <p>
                    There is no task definition yet. Begin with an image, or{' '}
                    <Link href={paths.newTaskDefinition(account)}>register one first</Link>.
                  </p>
                )}
              </>
            )}
            <ServiceFields
              account={account}
              body={body}
              cluster={cluster}
              clusterNames={clusterNames}
              clusterNote={
                isClusterMissing &&
                (isFromImage ? (
                  <p className="muted">
                    There is no cluster <ExternalText text={cluster} /> yet: the form creates it.
                  </p>
                ) : (
                  <MissingCluster account={account} name={cluster} disabledReason={changeNotPermittedReason(me)} />
                ))
              }
              definition={isFromImage ? { name: definition.family ?? '', ...roleOf(definition) } : existingDefinition}
              missingRoleHelp={isFromImage ? typeRoleReason : undefined}
              rejection={rejection}
              onChange={setBody}
              onClusterChange={(next) => setForm({ cluster: next })}
            />
          </fieldset>
          <details>
            <summary>Edit as document</summary>
            <DocumentField
              label="Document (JSON or YAML)"
              help={`The body of the request, with every field of CreateService but the cluster, which is in the path${isFromImage ? ', and the task definition, which the form registers' : ''}.`}
              document={document}
              onChange={(text) => setForm({ text })}
            />
          </details>
        </div>
        <div className="stack">
          <ChangeEnd
            change={change}
            buttonLabel="Create"
            cli={creationCommands({
              account,
              cluster,
              body,
              definition: isFromImage ? definition : undefined,
              registeredName: change.registeredName,
              createsCluster: isFromImage && isClusterMissing,
            })}
            confirmation={
              <>
                {change.planErrors.slice(1).map((error) => (
                  <Problem key={String(error)} error={error} />
                ))}
                {change.registeredName !== undefined && !change.isPending && (
                  <p className="waiting">
                    <ExternalText text={change.registeredName} /> is registered, but the service is not created yet.
                    Create uses this revision, and registers no other.
                  </p>
                )}
              </>
            }
          />
        </div>
      </form>
    </>
  )
}

function withoutDefinition(body: ServiceBody = {}): ServiceBody {
  const { taskDefinition, ...others } = body
  return others
}

const roleOf = ({ taskRoleArn }: Definition) => (taskRoleArn ? { taskRoleArn } : {})

const typeRoleReason = 'Type a task role, under More: terminals need one.'

/** Why a service or a cluster cannot have this name. */
function nameReason(name: string, cluster: string): string | undefined {
  const [nameProblem, clusterProblem] = [nameFault(name), nameFault(cluster)]
  if (nameProblem) return `Name: ${nameProblem}`
  return clusterProblem && `Cluster: ${clusterProblem}`
}

/** Why the definition of an image cannot be registered for the service. */
function imageReason(
  definition: Definition,
  { taskDefinition, enableExecuteCommand }: ServiceBody,
): string | undefined {
  const [container] = containersOf(definition)
  if (!container?.image) return 'Type an image.'
  if (!definition.family) return 'Type a family, under More.'
  if (taskDefinition !== undefined) return 'Remove taskDefinition from the document, or begin with a task definition.'
  return enableExecuteCommand && !definition.taskRoleArn ? typeRoleReason : undefined
}
