/** The plan of a change: the response to its request with `?dryRun=true`, repeated 400 ms after typing stops. */
import type { Plan } from '@ecs-api/client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { ApiRequest } from '../actions.ts'
import { lineOf } from '../facts/fact-values.ts'
import { useAccount } from '../live/account.ts'
import { planOf } from '../live/plan-request.ts'
import { ExternalText } from '../parts/external-text.tsx'
import { Problem } from '../parts/problem.tsx'
import { useIsLocalAccount, useIsSimulatedAccount } from '../parts/simulated.tsx'
import { CreatedResource, createsResource } from './created-resource.tsx'
import { useHiddenValues } from './hidden-values.ts'
import { HiddenValuesNote } from './hidden-values-note.tsx'

export const renewAfterMs = 400

export function usePlan(request: ApiRequest | undefined) {
  const text = request === undefined ? '' : JSON.stringify(request)
  const [settledText, setSettledText] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setSettledText(text), renewAfterMs)
    return () => clearTimeout(timer)
  }, [text])
  const query = useQuery({
    queryKey: ['plan', settledText],
    queryFn: ({ signal }) => planOf(JSON.parse(settledText) as ApiRequest, signal),
    enabled: settledText !== '',
    staleTime: 0,
    // The previous plan is shown until the new one has arrived.
    placeholderData: keepPreviousData,
    gcTime: 0,
  })
  // Without a request, the last plan would be one of other values than those in the form.
  const data = request === undefined ? undefined : query.data
  return { ...query, data, isSettled: settledText === text && !query.isFetching }
}

export function PlanPanel({
  plan,
  error,
  isLoading,
  areFaultsAtFields,
}: {
  plan: PlanOfSeveral | undefined
  error: unknown
  isLoading: boolean
  /** Each field of the form shows its own fault, so that the panel does not list them. */
  areFaultsAtFields: boolean
}) {
  const isSimulated = useIsSimulatedAccount(useAccount() ?? '')
  if (error) return <Problem error={error} areFaultsAtFields={areFaultsAtFields} />
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
      {isSimulated && startsTasks(plan) && (
        <p className="muted">
          Containers of this account are simulated: no image is pulled, so every image with a valid name exists.
        </p>
      )}
      <PlannedChanges plan={plan} />
      <PlannedCalls calls={plan.calls} />
    </section>
  )
}

export function PlannedEffects({ plan: { effects, warnings } }: { plan: Plan }) {
  return (
    <>
      {effects.map((effect) => (
        <p key={effect}>
          <ExternalText text={effect} />
        </p>
      ))}
      {warnings.map((warning) => (
        <p key={warning} className="waiting">
          <ExternalText text={warning} />
        </p>
      ))}
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
          <ExternalText text={`${call.action} ${JSON.stringify(call.input, null, 2)}`} />
        </pre>
      ))}
    </details>
  )
}

const startsTasks = ({ changes }: Plan) =>
  changes.some(({ path, to }) => to !== null && /^\/(taskDefinition|containerDefinitions)|\/image$/.test(path))

/** A plan of several requests has the changes of each. */
export type PlanOfSeveral = Plan & { parts?: readonly Plan['changes'][] }

/** The changes of a plan: the resources that it creates, and the fields that it changes. */
export function PlannedChanges({ plan: { changes, parts = [changes] } }: { plan: PlanOfSeveral }) {
  return parts.map((part) =>
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
        {values.changes.map(({ path, from, to }) => (
          <div key={path} className="pair">
            <dt>
              <code>
                <ExternalText text={path} />
              </code>
            </dt>
            <dd style={{ margin: 0 }}>
              {from !== null && (
                <>
                  <span className="change-from">
                    <ExternalText text={valueText(from)} />
                  </span>{' '}
                </>
              )}
              {to === null ? <span className="bad">removed</span> : <ExternalText text={valueText(to)} />}
            </dd>
          </div>
        ))}
      </dl>
      <HiddenValuesNote {...values} />
    </>
  )
}

function valueText(value: unknown): string {
  if (typeof value === 'string') return value
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? lineOf(value) : JSON.stringify(value)
}
