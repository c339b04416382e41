/**
 * The page that creates a service, from an image or from a task definition. With an image, it also registers the
 * definition and creates the cluster. The plan of all that is beside the form.
 */
import type { Account } from '@ecs-api/client'
import { Link, useLocation } from 'wouter'
import { changeNotPermittedReason } from '../actions.ts'
import { containersOf } from '../forms/container-values.ts'
import { DocumentField } from '../forms/document-field.tsx'
import { ChoiceField, errorAt, TextField } from '../forms/fields.tsx'
import { containersOfDefinition } from '../forms/load-balancer-fields.tsx'
import { MissingClusterNote } from '../forms/missing-cluster-note.tsx'
import { nameFault } from '../forms/name-fault.ts'
import { RestoredDraftNote } from '../forms/restored-draft-note.tsx'
import {
  definitionNamesIn,
  useAccounts,
  useClusters,
  useMe,
  useTaskDefinition,
  useTaskDefinitions,
} from '../live/queries.ts'
import { settings } from '../live/settings.ts'
import { LoadingOrProblem } from '../parts/loading-or-problem.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { PrintableText } from '../parts/printable-text.tsx'
import { toast } from '../parts/toast.tsx'
import { paths } from '../paths.ts'
import { HiddenValueSources } from '../plans/hidden-values.ts'
import { CircuitBreakerPlace } from '../plans/plan.tsx'
import { PlanAndSendButton } from '../plans/planned-change.tsx'
import { creationCommands } from './creation-commands.ts'
import { cannotCreateReason } from './creation-reasons.ts'
import { accountFactsOf, type Definition } from './definition-values.ts'
import { FamilyField, ImageFields } from './image-fields.tsx'
import { usePlannedCreation } from './planned-creation.ts'
import { TaskRoleChoice } from './role-fields.tsx'
import { useServiceDraft } from './service-draft.ts'
import { ServiceFields } from './service-fields.tsx'

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
      {facts ? <NewServiceForm account={facts} /> : <LoadingOrProblem query={accounts} subject={account} />}
    </>
  )
}

function NewServiceForm({ account: accountResource }: { account: Account }) {
  const account = accountResource.name
  const facts = accountFactsOf(accountResource)
  const clusters = useClusters(account)
  const definitions = useTaskDefinitions(account)
  const me = useMe()
  const [, navigate] = useLocation()
  const serviceDraft = useServiceDraft(accountResource)
  const { draft, source, document, body, definition, cluster, setBody } = serviceDraft
  const isFromImage = source === 'image'
  const name = String(body.name ?? '')
  const taskDefinition = String(body.taskDefinition ?? '')
  const clusterNames = (clusters.data ?? []).map((each) => each.name)
  const isClusterMissing =
    clusters.data !== undefined && cluster !== '' && nameFault(cluster) === undefined && !clusterNames.includes(cluster)
  const definitionNames = definitionNamesIn(definitions.data)
  const existingDefinition = useTaskDefinition(
    account,
    !isFromImage && definitionNames.includes(taskDefinition) ? taskDefinition : '',
  ).data
  const registeredDefinition = isFromImage ? definition : undefined
  const incompleteReason = document.value
    ? cannotCreateReason({ body, cluster, isClusterMissing, definition: registeredDefinition })
    : 'Correct the document first.'
  const change = usePlannedCreation({
    account,
    inputs: incompleteReason === undefined ? { cluster, definition: registeredDefinition, service: body } : undefined,
    incompleteReason,
    blockedReason: changeNotPermittedReason(me),
    createsCluster: isFromImage && isClusterMissing,
    registration: draft.value.registration,
    onRegistration: (registration) => draft.set({ registration }),
    onDone: () => {
      settings.set({ serviceSource: source })
      draft.discard()
      toast(`The service ${name} is being created.`, { doneContent: `The service ${name} was created.` })
      navigate(paths.service(account, cluster, name))
    },
  })
  const sources = { account, from: undefined, to: containersOf(definition) }
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault()
        change.send()
      }}
    >
      <div className="stack">
        <RestoredDraftNote draft={draft} />
        <fieldset className="panel stack" disabled={!document.value}>
          <legend className="visually-hidden">Service</legend>
          <ChoiceField
            legend="Begin with"
            value={source}
            options={[
              ['image', 'An image'],
              ['definition', 'A task definition'],
            ]}
            onChange={serviceDraft.setSource}
          />
          {isFromImage ? (
            <ImageFields
              account={facts}
              definition={definition}
              requestError={change.errors}
              onChange={serviceDraft.setDefinition}
            />
          ) : (
            <>
              <TextField
                id="definition"
                label="Task definition"
                help="A family (its newest revision is used), or family:revision."
                value={taskDefinition}
                suggestions={definitionNames}
                error={errorAt(change.errors, '/taskDefinition')}
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
                  There is no cluster <PrintableText text={cluster} /> yet: the form creates it.
                </p>
              ) : (
                <MissingClusterNote account={account} name={cluster} disabledReason={changeNotPermittedReason(me)} />
              ))
            }
            familyField={
              isFromImage && (
                <FamilyField
                  definition={definition}
                  requestError={change.errors}
                  onChange={serviceDraft.setDefinition}
                />
              )
            }
            definition={isFromImage ? { name: definition.family ?? '', ...roleOf(definition) } : existingDefinition}
            containers={isFromImage ? containersOf(definition) : containersOfDefinition(existingDefinition)}
            missingRoleHelp={
              isFromImage && (
                <TaskRoleChoice account={facts} definition={definition} onChange={serviceDraft.setDefinition} />
              )
            }
            requestError={change.errors}
            onChange={setBody}
            onClusterChange={(next) => serviceDraft.set({ cluster: next })}
          />
        </fieldset>
        <details>
          <summary>Edit as document</summary>
          <DocumentField
            label="Document (JSON or YAML)"
            help={`The body of the request, with every field of CreateService but the cluster, which is in the path${isFromImage ? ', and the task definition, which the form registers' : ''}.`}
            document={document}
            requestError={change.serviceErrors}
            onChange={(text) => serviceDraft.set({ text })}
          />
        </details>
      </div>
      <div className="stack">
        <CircuitBreakerPlace.Provider value="in this form">
          <HiddenValueSources.Provider value={sources}>
            <PlanAndSendButton
              change={change}
              buttonLabel="Create"
              cli={creationCommands({
                account,
                cluster,
                body,
                definition: registeredDefinition,
                registeredName: change.registeredName,
                createsCluster: isFromImage && isClusterMissing,
              })}
              belowPlan={
                change.registeredName !== undefined &&
                !change.isPending && (
                  <p className="waiting">
                    <PrintableText text={change.registeredName} /> is registered already: Create uses it, and registers
                    no other.
                  </p>
                )
              }
            />
          </HiddenValueSources.Provider>
        </CircuitBreakerPlace.Provider>
      </div>
    </form>
  )
}

const roleOf = ({ taskRoleArn }: Definition) => (taskRoleArn ? { taskRoleArn } : {})
