/** Requests in AWS's JSON protocol, sent without an SDK. */
import { ecsRequest } from './ecs-request.ts'

/**
 * Sends a request to a service of the engine and returns its response.
 * @param target the value of `X-Amz-Target`: the service and the action
 */
export async function callAws(url: string, target: string, body: object): Promise<Record<string, unknown>> {
  const { method, path, headers } = ecsRequest('', {})
  const answer = await fetch(url + path, {
    method,
    headers: { ...headers, 'x-amz-target': target },
    body: JSON.stringify(body),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${target}: ${text}`)
  return JSON.parse(text)
}
