/**
 * The metadata of the response that contained a resource. It is stored apart, so that the resource has no other fields.
 */

export interface ResponseMeta {
  status: number
  /** The age of the gateway's cached answer in seconds. */
  age: number | undefined
  /** Why the answer is older than usual. */
  stale: string | undefined
  etag: string | undefined
  requestId: string | undefined
  /** Whether the gateway repeated the response of an earlier request with the same Idempotency-Key. */
  replayed: boolean
  /** The deployment that the call made, as `Ecs-Api-Deployment` names it. */
  deployment: string | undefined
  location: string | undefined
}

const responseMetas = new WeakMap<object, ResponseMeta>()

/** @returns undefined for a value that no call of this client returned */
export function responseMeta(resource: object): ResponseMeta | undefined {
  return responseMetas.get(resource)
}

export function setResponseMeta(
  value: unknown,
  status: number,
  headers: { get: (name: string) => string | null },
): void {
  if (typeof value !== 'object' || value === null) return
  const text = (name: string) => headers.get(name) ?? undefined
  const age = text('age')
  responseMetas.set(value, {
    status,
    age: age === undefined ? undefined : Number(age),
    stale: text('ecs-api-stale'),
    etag: text('etag'),
    requestId: text('x-request-id'),
    replayed: text('idempotent-replayed') === 'true',
    deployment: text('ecs-api-deployment'),
    location: text('location'),
  })
}
