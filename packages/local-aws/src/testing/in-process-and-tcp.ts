import { type TestContext, test } from 'node:test'
import { ECSClient } from '@aws-sdk/client-ecs'
import { systemClock } from '../clock.ts'
import type { LocalAws } from '../local-aws.ts'
import type { LocalAwsOptions } from '../options.ts'
import { accountNumber, type ClientOf, openTestEngine, region } from './test-engine.ts'

interface OpenedEngine {
  aws: LocalAws
  ecs: ECSClient
  /** Creates a client of another service, over the same transport. */
  clientOf: ClientOf
}
type TestBody = (open: (options?: Partial<LocalAwsOptions>) => Promise<OpenedEngine>) => Promise<void>

/** Runs the test twice: with clients in process, and with clients over TCP, whose signatures the engine verifies. */
export function testInProcessAndOverTcp(name: string, body: TestBody): void {
  test(`${name} (in process)`, (t) => body((options) => openTestEngine(t, options)))
  test(`${name} (over TCP)`, (t) => body((options = {}) => openedOverTcp(t, options)))
}

async function openedOverTcp(t: TestContext, options: Partial<LocalAwsOptions>): Promise<OpenedEngine> {
  const { clock = systemClock } = options
  const { aws } = await openTestEngine(t, {
    ...options,
    verifySignatures: true,
    accounts: [{ number: accountNumber, name: 'test' }],
  })
  const { url } = await aws.listen()
  const clientOf: ClientOf = (Client) => {
    const client = new Client({ region, endpoint: url, credentials: aws.accounts[0]!, maxAttempts: 1 })
    t.after(() => client.destroy())
    // The client signs with the engine's clock, which a test may move.
    Object.defineProperty(client.config, 'systemClockOffset', { get: () => clock.now() - Date.now(), set: () => {} })
    return client
  }
  return { aws, ecs: clientOf(ECSClient), clientOf }
}
