/** The metadata of the response that brought a resource, so that the resource stays the JSON that was sent. */

export interface ResponseMeta {
  status: number
  /** Age of the answer in seconds. */
  age: number | undefined
  /** Why the answer is older than usual. */
  stale: string | undefined
  etag: string | undefined
  requestId: string | undefined
  /** The response is that of an earlier request with the same Idempotency-Key. */
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
