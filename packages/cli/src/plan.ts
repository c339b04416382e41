/** The gateway's plan of a change (`?dryRun=true`) is shown, confirmed, and applied to the version it was made for. */
import { isProblem } from '@ecs-api/client'
import type { Input } from './command.ts'
import { CliError } from './errors.ts'
import { printable } from './out/printable.ts'

/** The part that all plans have. */
export interface AnyPlan {
  changes: readonly { path: string; from?: unknown; to?: unknown }[]
  effects: readonly string[]
  warnings: readonly string[]
  configVersion?: string
}

/** Whether the plan is to be applied. `exit` is the command's exit code when it is not, as with `--plan`. */
export type PlanOutcome = { isConfirmed: true; ifMatch: string | undefined } | { isConfirmed: false; exit: number }

/** Shows the plan and asks for confirmation. @param name is typed to confirm what cannot be undone */
export async function confirmPlan(input: Input, sentence: string, plan: AnyPlan, name?: string): Promise<PlanOutcome> {
  const { flags, out, questions } = input
  const isNothing = plan.changes.length === 0
  const lines = planLines(input, sentence, plan)
  if (flags.isSet('plan')) {
    await out.value(plan, lines)
    return { isConfirmed: false, exit: !isNothing && flags.isSet('exit-code') ? 9 : 0 }
  }
  for (const line of lines) out.note(line)
  if (isNothing) {
    out.note('Nothing to do.')
    return { isConfirmed: false, exit: 0 }
  }
  await (name === undefined ? questions.confirm('Continue?') : questions.confirmName('It cannot be undone.', name))
  return { isConfirmed: true, ifMatch: plan.configVersion }
}

export interface PlannedChange<T> {
  /** Names the resource. */
  name: string
  apply: () => Promise<T>
  plan: () => Promise<AnyPlan>
}

/** Applies a confirmed plan. @throws CliError with exit code 3 and a new plan when the resource has changed since */
export async function applyPlan<T>(input: Input, { name, apply, plan }: PlannedChange<T>): Promise<T> {
  try {
    return await apply()
  } catch (error) {
    if (!isProblem(error, 'PreconditionFailed')) throw error
    for (const line of planLines(input, `${name} has changed since. The plan is now:`, await plan()))
      input.out.note(line)
    const sentence = `${name} has changed since the plan, so nothing was done.`
    throw new CliError(3, sentence, 'Run the command again to confirm the new plan.')
  }
}

function planLines({ out, flags }: Input, sentence: string, { changes, effects, warnings }: AnyPlan): string[] {
  const paint = flags.isSet('plan') ? out.paint : out.paintError
  return [
    sentence,
    ...changes.map(({ path, from, to }) => `  ${changeLine(path, from, to)}`),
    ...effects.map((text) => `  ${printable(text)}`),
    ...warnings.map((text) => paint('yellow', `  warning: ${printable(withFlag(text))}`)),
  ]
}

/** The gateway's warning names the field of the API; here a flag sets it. */
function withFlag(warning: string): string {
  return warning.replace(
    'deploymentConfiguration.deploymentCircuitBreaker',
    'ecs-api deploy --circuit-breaker rollback',
  )
}

const masked = '(hidden)'

/** `~ image  1.29 → 1.30`, `+ path  value`, `- path  value`. */
export function changeLine(path: string, from: unknown, to: unknown): string {
  const isAbsent = (value: unknown) => value === undefined || value === null
  if (isAbsent(from)) return `+ ${printable(path)}  ${text(to)}`
  if (isAbsent(to)) return `- ${printable(path)}  ${text(from)}`
  // The gateway hides values that may be secret, and can say how much of them differs: `(hidden): 1 of 3 words differ`.
  if (from === masked && typeof to === 'string' && to.startsWith(masked)) {
    const difference = printable(to.slice(masked.length))
    return `~ ${printable(path)}  changed${difference} (the values may be secret, so they are hidden)`
  }
  return `~ ${printable(path)}  ${text(from)} → ${text(to)}`
}

function text(value: unknown): string {
  return printable(typeof value === 'string' ? value : JSON.stringify(value))
}
