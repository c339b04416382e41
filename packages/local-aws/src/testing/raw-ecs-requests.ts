import { HttpRequest } from '@smithy/core/transport'
import type { LocalAws } from '../local-aws.ts'
import { accountNumber } from './test-engine.ts'

// biome-ignore lint/suspicious/noExplicitAny: a test asserts the body of a response, field by field
type Json = any

/**
 * Returns a function that sends ECS requests and returns the raw JSON: an SDK drops the members that its model lacks.
 */
export function rawEcsRequests(aws: LocalAws) {
  const handler = aws.requestHandler(accountNumber)
  return async (action: string, input: object = {}): Promise<Json> => {
    const headers = {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AmazonEC2ContainerServiceV20141113.${action}`,
    }
    const { response } = await handler.handle(
      new HttpRequest({ method: 'POST', path: '/', headers, body: JSON.stringify(input) }),
    )
    const answer: Json = JSON.parse(new TextDecoder().decode(response.body))
    return response.statusCode === 200 ? answer : { status: response.statusCode, ...answer }
  }
}
