import { isProblem, NoResponse } from '@ecs-api/client'
import type { CommandInput } from '../command.ts'
import { CliError } from '../errors.ts'
import { accountStatusLine } from './status.ts'

const maxStatusMs = 5000

const usefulCommands = [
  ['ecs-api status', 'services that need attention'],
  ['ecs-api deploy SERVICE --image REF', 'plan, confirm, watch'],
  ['ecs-api logs SERVICE -f', 'log lines as they arrive'],
  ['ecs-api why SERVICE', 'why a service does not work'],
  ['ecs-api rollback SERVICE', 'restore an earlier release'],
  ['ecs-api exec SERVICE', 'a terminal in a container'],
] as const

/** `ecs-api` alone, signed in and on a terminal: the context, the status, and six commands. */
export async function showStartPage(input: CommandInput): Promise<void> {
  const { target, out } = input
  const width = Math.max(...usefulCommands.map(([command]) => command.length))
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
    ...usefulCommands.map(([command, text]) => `  ${command.padEnd(width)}  ${out.paint('dim', text)}`),
    '',
    'All commands: ecs-api help',
  ]
  await out.valueOrLines(
    { url: target.url, profile: target.profile, account: target.account, cluster: target.cluster },
    lines,
  )
}

/**
 * @returns the line of the account's status. Where the gateway gives none, the reason takes its place, so that the rest
 * of the page is still shown.
 * @throws the reason of `input.signal` at once when it aborts
 */
async function statusText(input: CommandInput): Promise<string> {
  const timeout = AbortSignal.timeout(maxStatusMs)
  const signal = AbortSignal.any([input.signal, timeout])
  const aborted = new Promise<never>((_, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
  )
  const reading = readStatusLine(input, signal)
  // After the abort, nothing else handles a rejection of `reading`.
  reading.catch(() => {})
  try {
    return await Promise.race([reading, aborted])
  } catch (error) {
    input.signal.throwIfAborted()
    if (timeout.aborted) return `${input.target.url} gave no answer within ${maxStatusMs / 1000} s.`
    if (error instanceof CliError) return `${error.message} ${error.next ?? ''}`.trim()
    if (error instanceof NoResponse) return error.message
    if (isProblem(error)) return `${error.code}: ${error.message}`
    throw error
  }
}

async function readStatusLine(input: CommandInput, signal: AbortSignal): Promise<string> {
  const account = await input.account()
  return accountStatusLine(input, await account.diagnosis({ signal }))
}
