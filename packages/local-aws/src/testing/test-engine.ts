import type { TestContext } from 'node:test'
import { ECSClient } from '@aws-sdk/client-ecs'
import { LocalAws } from '../local-aws.ts'
import type { LocalAwsOptions } from '../options.ts'

export const accountNumber = '111122223333'
export const region = 'us-east-1'

interface Client {
  config: object
  destroy(): void
}

/** Creates an SDK client of any service: `clientOf(SSMClient)`. */
export type ClientOf = <C extends Client>(Client: new (config: ClientConfig) => C) => C

interface ClientConfig {
  region: string
  endpoint?: string
  credentials: { accessKeyId: string; secretAccessKey: string }
  requestHandler?: ReturnType<LocalAws['requestHandler']>
  maxAttempts: number
}

/**
 * Opens an engine in memory for the test, with clients in process. The engine closes after the test, unless the test
 * closes it itself (`isClosedByTest`).
 */
export async function openTestEngine(
  t: TestContext,
  options: Partial<LocalAwsOptions> = {},
  { isClosedByTest = false } = {},
) {
  const aws = new LocalAws({ data: ':memory:', ...options })
  await aws.open()
  if (!isClosedByTest) t.after(() => aws.close())
  const config = (number: string, clientRegion: string): ClientConfig => ({
    region: clientRegion,
    credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'any' },
    requestHandler: aws.requestHandler(number),
    maxAttempts: 1,
  })
  const ecsClientOf = (number = accountNumber, clientRegion = region) => new ECSClient(config(number, clientRegion))
  const clientOf: ClientOf = (Client) => new Client(config(accountNumber, region))
  return { aws, ecsClientOf, clientOf, ecs: ecsClientOf() }
}
