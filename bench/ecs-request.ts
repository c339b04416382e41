/** Requests in ECS's protocol without an SDK. */
export const ecsTarget = 'AmazonEC2ContainerServiceV20141113'

/** A request to ECS as any HTTP client can send it. */
export function ecsRequest(action: string, body: object) {
  return {
    method: 'POST' as const,
    path: '/',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `${ecsTarget}.${action}`,
      // `ecs-api local-aws` without --verify accepts any well-formed signature.
      authorization: `AWS4-HMAC-SHA256 Credential=000000000001/20261123/us-east-1/ecs/aws4_request, SignedHeaders=host;x-amz-date;x-amz-target, Signature=${'0'.repeat(64)}`,
      'x-amz-date': new Date().toISOString().replace(/[-:]|\.\d+/g, ''),
    },
    body: JSON.stringify(body),
  }
}
