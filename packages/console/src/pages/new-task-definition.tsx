/** The page that registers a task definition. Form and document edit the same text; the plan is beside them. */
import type { TaskDefinition } from '@ecs-api/client'
import { useEffect } from 'react'
import { useLocation, useSearch } from 'wouter'
import { apiPath, changeNotPermittedReason } from '../actions.ts'
import { membersAddedOnRegistration } from '../facts/definition-facts.ts'
import { containersOf } from '../forms/container-values.ts'
import { DocumentField } from '../forms/document-field.tsx'
import { jsonText, useDocument } from '../forms/document-text.ts'
import { RestoredDraftNote } from '../forms/restored-draft-note.tsx'
import { tagsFault, tagsIn, withoutTagsOfAws } from '../forms/tag-values.ts'
import { withMemberUnlessEmpty } from '../forms/with-member-unless-empty.ts'
import { useDraft } from '../live/draft.ts'
import { useAccounts, useMe, useTaskDefinition } from '../live/queries.ts'
import { LoadingOrProblem } from '../parts/loading-or-problem.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { shellWord } from '../parts/shell-command.ts'
import { toast } from '../parts/toast.tsx'
import { paths } from '../paths.ts'
import { HiddenValueSources } from '../plans/hidden-values.ts'
import { PlanAndSendButton, usePlannedChange } from '../plans/planned-change.tsx'
import { DefinitionFields } from './definition-fields.tsx'
import { type AccountFacts, accountFactsOf, type Definition, newDefinition } from './definition-values.ts'

export default function NewTaskDefinitionPage({ account }: { account: string }) {
  const copiedName = new URLSearchParams(useSearch()).get('from') ?? ''
  const copied = useTaskDefinition(account, copiedName)
  const accounts = useAccounts()
  const facts = accounts.data?.find(({ name }) => name === account)
  if (!facts || (copiedName !== '' && !copied.data))
    return (
      <>
        <NewDefinitionHead account={account} copiedName={copiedName} />
        {facts ? (
          <LoadingOrProblem query={copied} subject={copiedName} />
        ) : (
          <LoadingOrProblem query={accounts} subject={account} />
        )}
      </>
    )
  const editedAccount = accountFactsOf(facts)
  const initial = copied.data ? copyOf(copied.data) : newDefinition(editedAccount, { name: 'web', ports: [80] })
  return <NewDefinitionForm key={copiedName} account={editedAccount} copiedName={copiedName} initial={initial} />
}

function copyOf(registered: TaskDefinition): Definition {
  const members = Object.entries(registered).filter(([name]) => !membersAddedOnRegistration.has(name))
  const copy: Definition = Object.fromEntries(members)
  return withMemberUnlessEmpty(copy, 'tags', withoutTagsOfAws(tagsIn(copy.tags)))
}

function NewDefinitionHead({ account, copiedName }: { account: string; copiedName: string }) {
  return (
    <PageHead
      crumbs={[
        [account, paths.services(account)],
        ['Task definitions', paths.taskDefinitions(account)],
      ]}
      title={
        copiedName === ''
          ? 'Register a task definition'
          : `A new revision of ${copiedName.split(':')[0]}, from ${copiedName}`
      }
    >
      <a className="button" href="#document">
        To the document
      </a>
    </PageHead>
  )
}

function NewDefinitionForm({
  account,
  copiedName,
  initial,
}: {
  account: AccountFacts
  copiedName: string
  initial: Definition
}) {
  const draft = useDraft(`${account.name}.taskdef.${copiedName}`, { text: jsonText(initial) })
  const document = useDocument<Definition>(draft.value.text)
  const [, navigate] = useLocation()
  const definition = document.value
  const setText = (text: string) => draft.set({ text })
  const containers = containersOf(definition ?? {})
  const withoutImage = containers.find(({ image }) => !image)
  const incompleteReason = !definition
    ? 'Correct the document first.'
    : !definition.family
      ? 'Type a family.'
      : withoutImage
        ? `Type the image of ${withoutImage.name || 'the container'}.`
        : tagsFault(tagsIn(definition.tags))
  const change = usePlannedChange<{ name: string }>({
    account: account.name,
    request:
      incompleteReason === undefined
        ? { method: 'POST', path: apiPath(account.name, 'taskdefs'), body: definition }
        : undefined,
    incompleteReason,
    blockedReason: changeNotPermittedReason(useMe()),
    // A copy of an older revision differs from the newest one, so it can be registered unchanged.
    blockedByPlan: ({ changes, effects, effectKinds }) =>
      copiedName !== '' && changes.length === 0 ? effects[effectKinds.indexOf('comparison')] : undefined,
    onDone: ({ name }) => {
      draft.discard()
      toast(`${name} was registered.`)
      navigate(paths.taskDefinition(account.name, name))
    },
  })
  const sources = {
    account: account.name,
    // The plan compares with the newest revision of the family.
    from: copiedName === '' ? undefined : copiedName.split(':')[0],
    to: containers,
  }
  // A link to a field of the form has its id.
  useEffect(() => {
    if (location.hash !== '') window.document.getElementById(location.hash.slice(1))?.focus()
  }, [])
  return (
    <>
      <NewDefinitionHead account={account.name} copiedName={copiedName} />
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          change.send()
        }}
      >
        <div className="stack">
          <RestoredDraftNote draft={draft} />
          <fieldset className="plain stack" disabled={!definition}>
            <legend className="visually-hidden">Form</legend>
            <DefinitionFields
              account={account}
              definition={document.formValue ?? {}}
              isRevision={copiedName !== ''}
              requestError={change.errors}
              onChange={(next) => setText(document.textWith(next))}
            />
          </fieldset>
          <DocumentField
            label="Document (JSON or YAML)"
            help="The definition of the form, with all its fields. You can paste the input file of aws ecs register-task-definition."
            document={document}
            requestError={change.errors}
            onChange={setText}
          />
        </div>
        <div className="stack">
          <HiddenValueSources.Provider value={sources}>
            <PlanAndSendButton
              change={change}
              buttonLabel="Register"
              cli={`ecs-api taskdefs create -f taskdef.json --account ${shellWord(account.name)}`}
            />
          </HiddenValueSources.Provider>
        </div>
      </form>
    </>
  )
}
