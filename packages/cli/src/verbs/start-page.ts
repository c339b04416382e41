import { isProblem } from '@ecs-api/client'
import type { Input } from '../command.ts'
import { UsageError } from '../errors.ts'
import { accountStatusLine } from './status.ts'

const useful = [
  ['ecs-api status', 'services that need attention'],
  ['ecs-api deploy SERVICE --image REF', 'plan, confirm, watch'],
  ['ecs-api logs SERVICE -f', 'lines as they arrive'],
  ['ecs-api why SERVICE', 'why it does not work'],
  ['ecs-api rollback SERVICE', 'an earlier release'],
  ['ecs-api exec SERVICE', 'a terminal in a container'],
] as const

/** `ecs-api` alone, signed in and on a terminal: the context, the status, and six commands. */
export async function showStartPage(input: Input): Promise<void> {
  const { target, out } = input
  const width = Math.max(...useful.map(([command]) => command.length))
  const context = [
    ['gateway', target.url],
    ['profile', target.profile ?? '-'],
    ['account', target.account ?? '-'],
    ['cluster', target.cluster ?? '-'],
  ] as const
  const lines = [
    ...context.map(([label, text]) => `${out.paint('dim', label)}  ${text}`),
    '',
    await statusText(input),
    '',
    ...useful.map(([command, text]) => `  ${command.padEnd(width)}  ${out.paint('dim', text)}`),
    '',
    'All commands: ecs-api help',
  ]
  await out.value({ url: target.url, profile: target.profile, account: target.account, cluster: target.cluster }, lines)
}

/** Shows the error in place of the status that it prevents: the other commands may work. */
async function statusText(input: Input): Promise<string> {
  try {
    return await accountStatusLine(input, await (await input.account()).diagnosis({ signal: input.signal }))
  } catch (error) {
    if (error instanceof UsageError) return `${error.message} ${error.next ?? ''}`.trim()
    if (isProblem(error)) return `${error.code}: ${error.message}`
    throw error
  }
}
