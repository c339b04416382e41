import type { TestContext } from 'node:test'
import { ECSClient } from '@aws-sdk/client-ecs'
import { LocalAws, type LocalAwsOptions } from '../local-aws.ts'

export const account = '111122223333'
export const region = 'us-east-1'

/** An engine of the test's own, in memory, and ECS clients in process. It ends with the test. */
export async function openedAws(t: TestContext, options: Partial<LocalAwsOptions> = {}, { closesItself = false } = {}) {
  const aws = new LocalAws({ data: ':memory:', ...options })
  await aws.open()
  if (!closesItself) t.after(() => aws.close())
  const client = (accountNumber = account, clientRegion = region) =>
    new ECSClient({
      region: clientRegion,
      credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'any' },
      requestHandler: aws.requestHandler(accountNumber),
      maxAttempts: 1,
    })
  return { aws, client, ecs: client() }
}
