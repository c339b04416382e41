/** Registers a task definition: form and document are two views of one text; the plan stands beside them. */
import { useLocation, useSearch } from 'wouter'
import { apiPath, whyNoChange } from '../actions.ts'
import { useDraft } from '../live/draft.ts'
import { useAccounts, useMe, useTaskDefinition } from '../live/queries.ts'
import { quoted } from '../parts/copy.tsx'
import { DocumentField, textOf, useDocument } from '../parts/document-field.tsx'
import { isSameJson } from '../parts/linked-field.tsx'
import { LoadingOrProblem } from '../parts/loading-or-problem.tsx'
import { PageHead } from '../parts/page.tsx'
import { ChangeEnd, usePlannedChange } from '../parts/planned-change.tsx'
import { Restored } from '../parts/restored.tsx'
import { toast } from '../parts/toast.tsx'
import { paths } from '../paths.ts'
import { awslogs, containersOf } from './container-values.ts'
import { type AccountFacts, type Definition, DefinitionFields, exampleRole } from './definition-fields.tsx'

/** The members that ECS adds to a definition when it registers it. */
const addedByEcs = new Set([
  'name',
  'revision',
  'status',
  'arn',
  'registeredAt',
  'registeredBy',
  'requiresAttributes',
  'compatibilities',
  'deregisteredAt',
  'configVersion',
])

export default function NewTaskDefinitionPage({ account }: { account: string }) {
  const from = new URLSearchParams(useSearch()).get('from') ?? ''
  const source = useTaskDefinition(account, from)
  const accounts = useAccounts()
  const facts = accounts.data?.find(({ name }) => name === account)
  if (!facts || (from !== '' && !source.data))
    return (
      <>
        <Head account={account} from={from} />
        {facts ? <LoadingOrProblem query={source} what={from} /> : <LoadingOrProblem query={accounts} what={account} />}
      </>
    )
  const localNumber = facts.mode === 'local' ? facts.number : undefined
  const initial = source.data
    ? (Object.fromEntries(Object.entries(source.data).filter(([name]) => !addedByEcs.has(name))) as Definition)
    : newDefinition(facts.region, localNumber)
  return (
    <Editor key={from} account={{ name: account, region: facts.region, localNumber }} from={from} initial={initial} />
  )
}

function Head({ account, from }: { account: string; from: string }) {
  return (
    <PageHead
      crumbs={[
        [account, paths.services(account)],
        ['Task definitions', paths.taskDefinitions(account)],
      ]}
      title={from === '' ? 'Register a task definition' : `A new revision of ${from.split(':')[0]}`}
    />
  )
}

/** A web server with its log. */
function newDefinition(region: string, localNumber: string | undefined): Definition {
  return {
    family: '',
    cpu: 256,
    memory: 512,
    ...(localNumber !== undefined && { executionRoleArn: exampleRole(localNumber, 'ecsTaskExecutionRole') }),
    containerDefinitions: [{ name: 'web', image: '', ports: [80], logConfiguration: awslogs('', region) }],
  }
}

function Editor({ account, from, initial }: { account: AccountFacts; from: string; initial: Definition }) {
  const draft = useDraft(`${account.name}.taskdef.${from}`, { text: textOf(initial) })
  const document = useDocument<Definition>(draft.value.text)
  const [, navigate] = useLocation()
  const definition = document.value
  const setText = (text: string) => draft.set({ text })
  const containers = containersOf(definition ?? {})
  const isUnchanged = isSameJson(definition, initial)
  const withoutImage = containers.find(({ image }) => !image)
  const missing = !definition
    ? 'Correct the document first.'
    : !definition.family
      ? 'Type a family.'
      : withoutImage
        ? `Type the image of ${withoutImage.name || 'the container'}.`
        : undefined
  const change = usePlannedChange<{ name: string }>({
    account: account.name,
    request:
      missing === undefined ? { method: 'POST', path: apiPath(account.name, 'taskdefs'), body: definition } : undefined,
    missing,
    blocked: whyNoChange(useMe()) ?? (from !== '' && isUnchanged ? `No field differs from ${from}.` : undefined),
    onDone: ({ name }) => {
      draft.discard()
      toast(`Registered: ${name}.`)
      navigate(paths.taskDefinition(account.name, name))
    },
  })
  return (
    <>
      <Head account={account.name} from={from} />
      <Restored draft={draft} />
      <form
        className="form flowing"
        onSubmit={(event) => {
          event.preventDefault()
          change.send()
        }}
      >
        <fieldset className="plain stack" disabled={!definition}>
          <legend className="visually-hidden">Form</legend>
          <DefinitionFields
            account={account}
            definition={definition ?? {}}
            isRevision={from !== ''}
            rejection={change.request && (change.plan.error ?? change.error)}
            onChange={(next) => setText(document.textWith(next))}
          />
        </fieldset>
        <div className="stack">
          <ChangeEnd
            change={change}
            verb="Register"
            cli={`ecs-api taskdefs create ${quoted(account.name)} -f taskdef.json`}
          />
          <DocumentField
            label="Document (JSON or YAML)"
            help="The same definition: what the form does not have is changed here. It may be the file of aws ecs register-task-definition."
            document={document}
            onChange={setText}
          />
        </div>
      </form>
    </>
  )
}
