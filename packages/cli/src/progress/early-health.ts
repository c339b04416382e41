/**
 * The remark that tasks counted as healthy sooner than on AWS. There, a task without a health check must run for 40 s;
 * a local engine waits for less, so a program that ends soon after its start is deployed with success.
 */
import type { AccountClient, Client, Service } from '@ecs-api/client'

const healthyOnAwsMs = 40_000

/** @returns undefined where it does not apply, and where the account or the task definition cannot be read */
export async function earlyHealthRemark(
  { client, account }: { client: Client; account: AccountClient },
  { arn, taskDefinition, runningCount }: Service,
  elapsedMs: number,
): Promise<string | undefined> {
  if (elapsedMs >= healthyOnAwsMs || runningCount === 0) return undefined
  try {
    const { items } = await client.accounts.page()
    const isLocal = items.some(({ mode, number }) => mode === 'local' && arn.split(':')[4] === number)
    if (!isLocal) return undefined
    const { containerDefinitions } = await account.taskDefinitions.get(taskDefinition)
    if (containerDefinitions.some(({ healthCheck }) => healthCheck)) return undefined
    return 'Without a health check a task counts as healthy after 40 s on AWS, here sooner. --health-check sets one.'
  } catch {
    return undefined
  }
}
