/**
 * The creation of a service as one change with one plan. From an image, the change also registers a task definition,
 * and creates the cluster when it is missing. A definition is registered once: its idempotency key is part of the
 * form's draft, and after a later step has failed, the next try uses the revision that is registered already.
 */
import { newIdempotencyKey, type Plan, ProblemError } from '@ecs-api/client'
import { useRef } from 'react'
import { type ApiRequest, apiPath } from '../actions.ts'
import { client } from '../live/client.ts'
import { requestPlan } from '../live/plan-request.ts'
import { useChange, useTaskDefinition } from '../live/queries.ts'
import { type CombinedPlan, usePlan } from '../plans/plan.tsx'
import { blockingPlanReason, type PlannedChange, sendingReason, useConnectionReason } from '../plans/planned-change.tsx'
import type { Definition } from './definition-values.ts'
import type { ServiceBody } from './service-fields.tsx'

interface CreationInputs {
  cluster: string
  /** The definition to register; undefined when the service names an existing one. */
  definition: Definition | undefined
  /** The body of the service's creation. With a definition to register, it has no `taskDefinition`. */
  service: ServiceBody
}

/** A registration that the form has sent. */
export interface Registration {
  /** The definition, as JSON. */
  definition: string
  idempotencyKey: string
  /** The registered revision, such as `web:1`; undefined while the response is not known. */
  name?: string
}

interface CreationOptions {
  account: string
  /** Undefined while a field is empty or invalid. */
  inputs: CreationInputs | undefined
  /** Why `inputs` is undefined: the sentence that names the empty or invalid field. */
  incompleteReason: string | undefined
  /** Why complete inputs cannot be sent, such as a missing permission. */
  blockedReason: string | undefined
  /** Whether the cluster is missing, so that the change creates it. */
  createsCluster: boolean
  /** The registration that the stored draft of the form has. */
  registration: Registration | undefined
  onRegistration: (registration: Registration | undefined) => void
  onDone: () => void
}

export interface PlannedCreation extends PlannedChange {
  /** The errors of the request that creates the service, and of its plan. */
  serviceErrors: readonly unknown[]
  /** The revision that an earlier try has registered for the definition in the form. */
  registeredName: string | undefined
}

interface Requests {
  cluster: ApiRequest | undefined
  definition: ApiRequest | undefined
  /** @param revision the task definition; undefined when the body names it */
  service: (revision: string | undefined) => ApiRequest
}

const noSubnetsReason = 'Type subnets, under Network: the account has no default ones.'

export function usePlannedCreation({
  account,
  inputs,
  incompleteReason,
  blockedReason,
  createsCluster,
  registration,
  onRegistration,
  onDone,
}: CreationOptions): PlannedCreation {
  const connectionReason = useConnectionReason()
  const definitionText = JSON.stringify(inputs?.definition)
  const registered = useTaskDefinition(account, registration?.name ?? '')
  const isRevisionGone =
    registered.data?.status === 'INACTIVE' ||
    (registered.error instanceof ProblemError && registered.error.status === 404)
  const sentRegistration = registration?.definition === definitionText && !isRevisionGone ? registration : undefined
  const registeredName = sentRegistration?.name
  const requests = inputs && requestsOf(account, inputs, { createsCluster, isRegistered: registeredName !== undefined })
  const family = inputs?.definition?.family
  const plannedRevision = registeredName ?? (family === undefined ? undefined : `${family}:(new)`)

  const creation = useChange(account, async (_: string) => {
    if (!requests) return undefined
    if (requests.cluster) {
      await sendRequest(requests.cluster)
      // The service could not be planned without its cluster. A service that ECS would reject registers nothing.
      if (hasNoSubnets(await requestPlan(requests.service(plannedRevision)))) return undefined
    }
    if (!requests.definition) return sendRequest(requests.service(registeredName))
    const sent = { definition: definitionText, idempotencyKey: sentRegistration?.idempotencyKey ?? newIdempotencyKey() }
    onRegistration(sent)
    const name = await register(requests.definition, sent.idempotencyKey).catch((error) => {
      if (error instanceof ProblemError && error.status < 500) onRegistration(undefined)
      throw error
    })
    return sendRequest(requests.service(name)).catch((error) => {
      onRegistration({ ...sent, name })
      throw error
    })
  })

  // The steps of a change in progress must not change the plan that is shown.
  const plannedRequests = useRef<Partial<Record<'cluster' | 'definition' | 'service', ApiRequest | undefined>>>({})
  if (!creation.isPending)
    plannedRequests.current = {
      cluster: requests?.cluster,
      definition: requests?.definition,
      service: requests?.cluster ? undefined : requests?.service(plannedRevision),
    }
  const plans = {
    cluster: usePlan(plannedRequests.current.cluster),
    definition: usePlan(plannedRequests.current.definition),
    service: usePlan(plannedRequests.current.service),
  }
  const activePlans = (['definition', 'cluster', 'service'] as const)
    .filter((step) => plannedRequests.current[step] !== undefined)
    .map((step) => plans[step])
  const planErrors = activePlans.flatMap(({ error }) => error ?? [])
  const dataOf = (step: keyof typeof plans) => (plannedRequests.current[step] ? plans[step].data : undefined)
  const plan = {
    data:
      inputs && activePlans.every(({ data }) => data !== undefined)
        ? combinedPlan(inputs, {
            cluster: dataOf('cluster'),
            definition: dataOf('definition'),
            service: dataOf('service'),
          })
        : undefined,
    error: (planErrors[0] as Error | undefined) ?? null,
    isSettled: activePlans.every(({ isSettled }) => isSettled),
  }
  const inputsText = JSON.stringify(inputs)
  const isOfTheseInputs = creation.variables === inputsText
  const planShowsError = planErrors.some(({ message }) => message === creation.error?.message)
  const error = isOfTheseInputs && !planShowsError ? creation.error : undefined
  const isOnlyServiceLeft = requests !== undefined && !requests.cluster && !requests.definition
  const disabledReason =
    (inputs ? blockedReason : incompleteReason) ??
    connectionReason ??
    sendingReason(creation.isPending) ??
    blockingPlanReason(plan) ??
    (hasNoSubnets(dataOf('service')) ? noSubnetsReason : undefined)
  return {
    requests: requests
      ? [requests.cluster, requests.definition, requests.service(registeredName ?? family)].filter(
          (each) => each !== undefined,
        )
      : [],
    hasPlan: true,
    plan,
    errors: inputs ? [...planErrors, error].filter(Boolean) : [],
    serviceErrors: inputs ? [plannedRequests.current.service && plans.service.error, isOnlyServiceLeft && error] : [],
    registeredName,
    isPending: creation.isPending,
    hasChangedMeanwhile: false,
    disabledReason,
    send: () => {
      if (!inputs || disabledReason !== undefined) return
      creation.mutate(inputsText, {
        onSuccess: (created) => {
          if (created !== undefined) onDone()
        },
        // A failed step after the registration changes the plan's request, so that the plan is made again by itself.
        onError: () => {
          if (!inputs.definition) void plans.service.refetch()
        },
      })
    },
  }
}

function requestsOf(
  account: string,
  { cluster, definition, service }: CreationInputs,
  { createsCluster, isRegistered }: { createsCluster: boolean; isRegistered: boolean },
): Requests {
  return {
    cluster: createsCluster
      ? { method: 'POST', path: apiPath(account, 'clusters'), body: { name: cluster } }
      : undefined,
    definition:
      definition && !isRegistered
        ? { method: 'POST', path: apiPath(account, 'taskdefs'), body: definition }
        : undefined,
    service: (revision) => ({
      method: 'POST',
      path: apiPath(account, 'clusters', cluster, 'services'),
      body: revision === undefined ? service : { ...service, taskDefinition: revision },
    }),
  }
}

const sendRequest = ({ method, path, body }: ApiRequest) => client.request<unknown>(method, path, { body })

/** @returns the name of the registered revision */
async function register({ method, path, body }: ApiRequest, idempotencyKey: string): Promise<string> {
  return (await client.request<{ name: string }>(method, path, { body, idempotencyKey })).name
}

/** Whether neither the body nor the account's configuration has subnets. Fargate always needs them. */
function hasNoSubnets(plan: Plan | undefined): boolean {
  const call = plan?.calls.find(({ action }) => action === 'CreateService')
  return call !== undefined && !('networkConfiguration' in call.input)
}

/** The plans of all steps as one. */
function combinedPlan(
  { definition, service }: CreationInputs,
  plans: Partial<Record<'cluster' | 'definition' | 'service', Plan | undefined>>,
): CombinedPlan {
  const { count, name } = service
  const all = [plans.cluster, plans.definition, plans.service].filter((each) => each !== undefined)
  const changesByRequest = all.map(({ changes }) => changes)
  if (!plans.service) changesByRequest.push(changesOfBody(service, definition?.family ?? ''))
  return {
    effects: [
      ...(plans.cluster?.effects ?? []),
      // The reaction in the registration's own plan adds that no service uses the revision.
      ...(plans.definition
        ? [
            plans.definition.effectKinds.includes('comparison')
              ? `A new revision of ${definition?.family} is registered.`
              : `The new task definition ${definition?.family} is registered.`,
            ...effectsOfOtherKinds(plans.definition, 'reaction'),
          ]
        : []),
      ...(plans.service?.effects ?? [
        `ECS creates the service ${name} and starts ${count === 1 ? '1 task' : `${count} tasks`}. ` +
          'The service is checked when its cluster exists.',
      ]),
    ],
    warnings: all.flatMap(({ warnings }) => warnings),
    warningKinds: all.flatMap(({ warningKinds }) => warningKinds),
    calls: all.flatMap(({ calls }) => calls),
    changes: changesByRequest.flat(),
    changesByRequest,
  }
}

const effectsOfOtherKinds = ({ effects, effectKinds }: Plan, kind: Plan['effectKinds'][number]) =>
  effects.filter((_, i) => effectKinds[i] !== kind)

/** The members that the service will have: ECS plans it only when its cluster exists. */
const changesOfBody = (service: ServiceBody, family: string): Plan['changes'] =>
  Object.entries({ taskDefinition: `${family}:(new)`, ...service }).map(([name, to]) => ({
    path: `/${name}`,
    from: null,
    to,
  }))
