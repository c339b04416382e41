/** The plan of a change: the response to its request with `?dryRun=true`, repeated 400 ms after typing stops. */
import type { Plan } from '@ecs-api/client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { createContext, useContext, useEffect, useState } from 'react'
import type { ApiRequest } from '../actions.ts'
import { useAccount } from '../live/account.ts'
import { requestPlan } from '../live/plan-request.ts'
import { withShortDigest } from '../parts/image-name.tsx'
import { PrintableText, printable } from '../parts/printable-text.tsx'
import { Problem } from '../parts/problem.tsx'
import { useIsLocalAccount, useIsSimulatedAccount } from '../parts/simulated.tsx'
import { TextWithCode } from '../parts/text-with-code.tsx'
import '../styles/plans.css'
import { changedValueText, changeLabel, isNamedValue } from './change-label.ts'
import { containerValueText } from './container-value-text.ts'
import { CreatedResource, createsResource } from './created-resource.tsx'
import { useHiddenValues } from './hidden-values.ts'
import { HiddenValuesNote } from './hidden-values-note.tsx'

/** The plan of changed values is requested this long after the last change. */
export const planDelayMs = 400

export function usePlan(request: ApiRequest | undefined) {
  const text = request === undefined ? '' : JSON.stringify(request)
  const [plannedText, setPlannedText] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setPlannedText(text), planDelayMs)
    return () => clearTimeout(timer)
  }, [text])
  const query = useQuery({
    queryKey: ['plan', plannedText],
    queryFn: ({ signal }) => requestPlan(JSON.parse(plannedText) as ApiRequest, signal),
    enabled: plannedText !== '',
    staleTime: 0,
    // The previous plan is shown until the new one has arrived.
    placeholderData: keepPreviousData,
    gcTime: 0,
  })
  // Without a request, the last plan would be one of other values than those in the form.
  const data = request === undefined ? undefined : query.data
  return { ...query, data, isSettled: plannedText === text && !query.isFetching }
}

export function PlanPanel({
  plan,
  error,
  isLoading,
}: {
  plan: CombinedPlan | undefined
  error?: unknown
  isLoading: boolean
}) {
  const isSimulated = useIsSimulatedAccount(useAccount() ?? '')
  if (error) return <Problem error={error} />
  if (!plan)
    return (
      <section className="panel muted">
        {isLoading ? 'Loading the plan.' : 'The plan of the changes appears here.'}
      </section>
    )
  return (
    <section className="panel stack" aria-label="Plan" aria-busy={isLoading}>
      <h2>Plan</h2>
      <PlannedEffects plan={plan} />
      {isSimulated && concernsImages(plan) && (
        <p className="muted">
          Containers of this account are simulated: no image is pulled, so every image with a valid name exists.
        </p>
      )}
      <PlannedChanges plan={plan} />
      <FoldedEffects plan={plan} />
      <PlannedCalls calls={plan.calls} />
    </section>
  )
}

/** The place of the field that switches the circuit breaker on, as seen from the plan. */
export const CircuitBreakerPlace = createContext('in the settings of the service')

/** The effects that a person need not read before each change. */
function FoldedEffects({ plan: { effects, effectKinds = [] } }: { plan: CombinedPlan }) {
  const folded = effects.filter((_, i) => isFolded(effectKinds[i]))
  if (folded.length === 0) return null
  return (
    <details>
      <summary>Details of the rollback</summary>
      {folded.map((effect) => (
        <p key={effect} className="muted">
          <TextWithCode text={effect} />
        </p>
      ))}
    </details>
  )
}

/** `registration` and `kept` are in the plan of a rollback only. */
const isFolded = (kind: string | undefined) => kind === 'registration' || kind === 'kept'

export function PlannedEffects({
  plan,
}: {
  plan: Pick<CombinedPlan, 'effects' | 'effectKinds' | 'warnings' | 'warningKinds'>
}) {
  const { effects, effectKinds = [], warnings, warningKinds } = plan
  const breakerPlace = useContext(CircuitBreakerPlace)
  return (
    <>
      {effects.map(
        (effect, i) =>
          !isFolded(effectKinds[i]) && (
            <p key={effect}>
              <TextWithCode text={effect} />
            </p>
          ),
      )}
      {warnings.map(
        (warning, i) =>
          // The panel says that containers are simulated.
          warningKinds[i] !== 'simulation' && (
            <p key={warning} className="waiting">
              {warningKinds[i] === 'circuit-breaker' ? (
                `The circuit breaker is off: if the new tasks fail, ECS starts others without end. Switch it on ${breakerPlace}.`
              ) : (
                <TextWithCode text={warning} />
              )}
            </p>
          ),
      )}
    </>
  )
}

export function PlannedCalls({ calls }: Pick<Plan, 'calls'>) {
  const isLocal = useIsLocalAccount(useAccount() ?? '')
  if (calls.length === 0) return null
  return (
    <details>
      <summary>
        Show the {calls.length === 1 ? 'call' : `${calls.length} calls`} to {isLocal ? 'the embedded engine' : 'AWS'}
      </summary>
      {calls.map((call, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: calls are in order and have no name
        <pre key={i}>
          <PrintableText text={`${call.action} ${JSON.stringify(call.input, null, 2)}`} />
        </pre>
      ))}
    </details>
  )
}

const concernsImages = ({ changes }: Pick<Plan, 'changes'>) =>
  changes.some(({ path, to }) => to !== null && /^\/(taskDefinition|containerDefinitions)|\/image$/.test(path))

/** A plan of several requests; `changesByRequest` has the changes of each request. */
export type CombinedPlan = Omit<Plan, 'effectKinds'> &
  Partial<Pick<Plan, 'effectKinds'>> & { changesByRequest?: readonly Plan['changes'][] }

/** The changes of a plan: the resources that it creates, and the fields that it changes. */
export function PlannedChanges({ plan: { changes, changesByRequest = [changes] } }: { plan: CombinedPlan }) {
  return changesByRequest.map((part) =>
    createsResource(part) ? (
      <CreatedResource key={JSON.stringify(part.map(({ path }) => path))} changes={part} />
    ) : (
      <FieldChanges key={JSON.stringify(part.map(({ path }) => path))} changes={part} />
    ),
  )
}

export function FieldChanges({ changes }: { changes: Plan['changes'] }) {
  const values = useHiddenValues(changes)
  if (changes.length === 0) return null
  return (
    <>
      <dl className="changes">
        {values.changes.filter(isNotInImage).map(({ path, from, to }) => (
          <div key={path} className="pair">
            <dt title={path}>
              <PrintableText text={changeLabel(path)} />
            </dt>
            {from !== null && (
              <dd className="change-from">
                <ChangedValue path={path} value={from} />
              </dd>
            )}
            <dd className={from === null ? 'whole' : 'change-to'}>
              {from === null && isNamedValue(path) && 'added: '}
              {to === null ? <span className="bad">removed</span> : <ChangedValue path={path} value={to} />}
            </dd>
          </div>
        ))}
      </dl>
      <HiddenValuesNote {...values} />
    </>
  )
}

/** A rollback names an image by its digest: the digest alone would say the same again. */
const isNotInImage = ({ path, to }: Plan['changes'][number], _: number, all: Plan['changes']) => {
  const image = all.find((each) => each.path === path.replace(/^\/images\/(.*)\/digest$/, '/containers/$1/image'))
  return image === undefined || image.path === path || !String(image.to).endsWith(`@${to}`)
}

/** A digest is short: its tooltip has all of it. A value of one word, such as an image or an id, is monospaced. */
function ChangedValue({ path, value }: { path: string; value: unknown }) {
  const text = containerValueText(path, value) ?? changedValueText(path, value)
  return (
    <span className={/\s/.test(text) ? undefined : 'mono'} title={printable(text)}>
      <PrintableText text={withShortDigest(text)} />
    </span>
  )
}
