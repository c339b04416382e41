/** Registers a task definition: form and document are two views of one value; the plan stands beside them. */
import { useState } from 'react'
import { useLocation, useSearch } from 'wouter'
import { apiPath, type Request } from '../actions.ts'
import { client } from '../live/client.ts'
import { useChange, useTaskDefinition } from '../live/queries.ts'
import { Commands, curlOf, quoted } from '../parts/copy.tsx'
import { LoadingOrProblem } from '../parts/loading-or-problem.tsx'
import { PageHead } from '../parts/page.tsx'
import { PlanPanel, usePlan } from '../parts/plan.tsx'
import { Problem } from '../parts/problem.tsx'
import { toast } from '../parts/toast.tsx'
import { paths } from '../paths.ts'

type Container = Record<string, unknown> & { name?: string; image?: string }
type Definition = Record<string, unknown> & { family?: string; containerDefinitions?: Container[] }

const start: Definition = {
  family: '',
  cpu: 256,
  memory: 512,
  containerDefinitions: [{ name: 'web', image: '', ports: [80] }],
}

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
  if (from !== '' && !source.data) return <LoadingOrProblem query={source} what={from} />
  const document = source.data
    ? (Object.fromEntries(Object.entries(source.data).filter(([name]) => !addedByEcs.has(name))) as Definition)
    : start
  return <Editor key={from} account={account} from={from} initial={document} />
}

function Editor({ account, from, initial }: { account: string; from: string; initial: Definition }) {
  const [text, setText] = useState(() => JSON.stringify(initial, null, 2))
  const [, navigate] = useLocation()
  const parsed = parse(text)
  const definition = parsed.value
  const request: Request | undefined = definition?.family
    ? { method: 'POST', path: apiPath(account, 'taskdefs'), body: definition }
    : undefined
  const plan = usePlan(request)
  const change = useChange(account, ({ method, path, body }: Request) =>
    client.request<{ name: string }>(method, path, { body }),
  )
  const canSend = request !== undefined && plan.isSettled && !plan.error && !change.isPending
  const set = (next: Definition) => setText(JSON.stringify(next, null, 2))
  const containers = Array.isArray(definition?.containerDefinitions) ? definition.containerDefinitions : []
  const setImage = (index: number, image: string) =>
    definition &&
    set({
      ...definition,
      containerDefinitions: containers.map((container, i) => (i === index ? { ...container, image } : container)),
    })
  return (
    <>
      <PageHead
        crumbs={[
          [account, paths.services(account)],
          ['Task definitions', paths.taskDefinitions(account)],
        ]}
        title={from === '' ? 'Register a task definition' : `A new revision of ${from.split(':')[0]}`}
      />
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          if (canSend)
            change.mutate(request, {
              onSuccess: ({ name }) => {
                toast(`Registered: ${name}.`)
                navigate(paths.taskDefinition(account, name))
              },
            })
        }}
      >
        <div className="stack">
          <fieldset className="panel stack" disabled={!definition}>
            <legend>Form</legend>
            <Field
              id="family"
              label="Family"
              value={definition?.family ?? ''}
              disabled={from !== ''}
              onChange={(value) => definition && set({ ...definition, family: value })}
            />
            <Field
              id="cpu"
              label="CPU units (1024 are one vCPU)"
              value={String(definition?.cpu ?? '')}
              onChange={(value) => definition && set({ ...definition, cpu: numberIn(value) })}
            />
            <Field
              id="memory"
              label="Memory, MiB"
              value={String(definition?.memory ?? '')}
              onChange={(value) => definition && set({ ...definition, memory: numberIn(value) })}
            />
            {containers.map(({ name, image }, i) => (
              <Field
                key={name}
                id={`image-${name}`}
                label={`Image of the container ${name}`}
                value={String(image ?? '')}
                onChange={(value) => setImage(i, value)}
              />
            ))}
          </fieldset>
          <div className="field">
            <label htmlFor="document">Document (JSON)</label>
            <textarea
              id="document"
              spellCheck={false}
              value={text}
              aria-describedby="document-error"
              onChange={(event) => setText(event.target.value)}
            />
            <span id="document-error" className="error" role="alert">
              {parsed.error}
            </span>
          </div>
        </div>
        <div className="stack">
          <PlanPanel plan={plan.data} error={plan.error} isLoading={!plan.isSettled} />
          <Problem error={change.error} />
          <div className="row">
            <button type="submit" className="primary" aria-disabled={!canSend}>
              Register
            </button>
          </div>
          {request && (
            <Commands
              cli={`ecs-api taskdefs create ${quoted(account)} -f taskdef.json`}
              curl={curlOf('POST', request.path, request.body)}
            />
          )}
        </div>
      </form>
    </>
  )
}

function Field({
  id,
  label,
  value,
  disabled,
  onChange,
}: {
  id: string
  label: string
  value: string
  disabled?: boolean
  onChange: (value: string) => void
}) {
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input id={id} value={value} disabled={disabled} onChange={(event) => onChange(event.target.value)} />
    </div>
  )
}

function numberIn(value: string): number | string {
  return /^\d+$/.test(value) ? Number(value) : value
}

function parse(text: string): { value?: Definition; error?: string } {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? { value: value as Definition }
      : { error: 'The document is not an object.' }
  } catch (error) {
    return { error: `The document is not JSON: ${(error as Error).message}` }
  }
}
