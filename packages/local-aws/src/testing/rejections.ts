/** Tables of rejected requests: each row is a minimal input that breaks one rule, and ECS's error for it. */
import assert from 'node:assert/strict'
import * as sdk from '@aws-sdk/client-ecs'
import { testInProcessAndOverTcp } from './in-process-and-tcp.ts'

export interface Rejection {
  /** The broken rule, for the test's output. */
  label: string
  input: object
  /** The name of the error. */
  name:
    | 'ClientException'
    | 'InvalidParameterException'
    | 'PlatformUnknownException'
    | 'PlatformTaskDefinitionIncompatibilityException'
    | 'ClusterNotFoundException'
    | 'ServiceNotFoundException'
  message: string
}

export const clientException = (label: string, input: object, message: string): Rejection => ({
  label,
  input,
  name: 'ClientException',
  message,
})
export const invalidParameter = (label: string, input: object, message: string): Rejection => ({
  label,
  input,
  name: 'InvalidParameterException',
  message,
})

/** Sends an action by name with an input that the SDK's types may not know. */
export async function sendAction(ecs: sdk.ECSClient, action: string, input: object): Promise<Record<string, unknown>> {
  const Command = (sdk as unknown as Record<string, new (input: object) => Parameters<typeof ecs.send>[0]>)[
    `${action}Command`
  ]
  if (!Command) throw new Error(`the SDK has no ${action}`)
  return (await ecs.send(new Command(input))) as unknown as Record<string, unknown>
}

/** Asserts that each row is rejected with exactly this error. All rows are tested before it fails. */
export async function assertEachRejected(
  ecs: sdk.ECSClient,
  action: string,
  rows: readonly Rejection[],
): Promise<void> {
  const wrong: unknown[] = []
  for (const { label, input, name, message } of rows) {
    const found = await sendAction(ecs, action, input).then(
      () => 'accepted',
      (error: Error) => `${error.name}: ${error.message}`,
    )
    if (found !== `${name}: ${message}`) wrong.push({ label, found, expected: `${name}: ${message}` })
  }
  assert.deepEqual(wrong, [])
}

/** Tests over both transports that each row is rejected, on an engine that `prepare` has filled. */
export function testRejections(
  name: string,
  action: string,
  rows: readonly Rejection[],
  prepare?: (ecs: sdk.ECSClient) => Promise<void>,
): void {
  testInProcessAndOverTcp(name, async (open) => {
    const { ecs } = await open()
    await prepare?.(ecs)
    await assertEachRejected(ecs, action, rows)
  })
}
