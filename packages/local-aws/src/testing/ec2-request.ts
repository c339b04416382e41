/** An engine that takes requests in EC2's Query protocol as raw HTTP, and tasks whose network EC2 describes. */
import type { TestContext } from 'node:test'
import type { ECSClient, RunTaskCommandInput } from '@aws-sdk/client-ecs'
import type { LocalAwsOptions } from '../options.ts'
import { ecsSteps } from './ecs-steps.ts'
import { accountNumber, openTestEngine } from './test-engine.ts'

export async function openEngineForEc2(t: TestContext, options: Partial<LocalAwsOptions> = {}) {
  const { aws, ecs, clientOf } = await openTestEngine(t, { pace: 'instant', ...options })
  const { url } = await aws.listen()
  async function requestEc2(
    action: string,
    parameters: Record<string, string> = {},
  ): Promise<{ status: number; text: string }> {
    const signature = `SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=${accountNumber}/20261128/us-east-1/ec2/aws4_request, ${signature}`,
      },
      body: new URLSearchParams({ Action: action, Version: '2016-11-15', ...parameters }),
    })
    return { status: response.status, text: await response.text() }
  }
  return { aws, ecs, clientOf, requestEc2 }
}

export async function stepsWithWebDefinition(ecs: ECSClient) {
  const steps = await ecsSteps(ecs)
  const definition = await steps.registerDefinition('web')
  /** Runs a task and returns its ARN and the id of its network interface. */
  async function runWebTask(input: Partial<RunTaskCommandInput> = {}) {
    const task = await steps.waitForTask(
      await steps.runTask(definition, input),
      ({ lastStatus }) => lastStatus === 'RUNNING',
    )
    return {
      taskArn: task.taskArn!,
      eni: task.attachments![0]!.details!.find(({ name }) => name === 'networkInterfaceId')!.value!,
    }
  }
  return { ...steps, runWebTask }
}
