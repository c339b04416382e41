/**
 * Shows the gateway's plan of a change (`?dryRun=true`), asks for confirmation, and applies the change. The change is
 * rejected when the resource no longer has the version for which the plan was made.
 */
import { isProblem } from '@ecs-api/client'
import type { CommandInput } from './command.ts'
import { CliError, exitCode } from './errors.ts'
import { printableLine } from './out/printable.ts'

/** The part that all plans have. */
interface AnyPlan {
  changes: readonly { path: string; from?: unknown; to?: unknown }[]
  effects: readonly string[]
  warnings: readonly string[]
  warningKinds: readonly string[]
  configVersion?: string
}

/** Whether the plan is to be applied, and to which version. Otherwise `exitCode` is that of the command. */
export type PlanOutcome = { isConfirmed: true; ifMatch: string | undefined } | { isConfirmed: false; exitCode: number }

interface ConfirmationOptions {
  /** The line above the plan. */
  heading: string
  plan: AnyPlan
  /** The name that the person types to confirm a change that cannot be undone. */
  nameToType?: string
}

/**
 * Shows the plan and asks for confirmation. With `--plan`, it only shows the plan.
 * @throws CliError when the answer is no, or there is no terminal to ask at
 */
export async function showPlanAndConfirm(
  input: CommandInput,
  { heading, plan, nameToType }: ConfirmationOptions,
): Promise<PlanOutcome> {
  const { flags, out, questions } = input
  const changesNothing = plan.changes.length === 0
  const lines = planLines(input, heading, plan)
  if (flags.isSet('plan')) {
    await out.valueOrLines(plan, lines)
    return { isConfirmed: false, exitCode: !changesNothing && flags.isSet('exit-code') ? exitCode.planHasChanges : 0 }
  }
  for (const line of lines) out.note(line)
  if (changesNothing) {
    out.note('Nothing to do.')
    return { isConfirmed: false, exitCode: 0 }
  }
  await (nameToType === undefined
    ? questions.requireYes('Continue?')
    : questions.requireTypedName('It cannot be undone.', nameToType))
  return { isConfirmed: true, ifMatch: plan.configVersion }
}

export interface PlannedChange<T> {
  /** The name of the resource, as messages show it. */
  name: string
  apply: () => Promise<T>
  readPlan: () => Promise<AnyPlan>
}

/** Applies a confirmed plan. @throws CliError with exit code 3 and a new plan when the resource has changed since */
export async function applyPlan<T>(input: CommandInput, { name, apply, readPlan }: PlannedChange<T>): Promise<T> {
  try {
    return await apply()
  } catch (error) {
    if (!isProblem(error, 'PreconditionFailed')) throw error
    for (const line of planLines(input, `${name} has changed since the plan was made. The new plan:`, await readPlan()))
      input.out.note(line)
    const sentence = `${name} has changed since the plan, so nothing was done.`
    throw new CliError(exitCode.rejected, sentence, 'Run the command again to confirm the new plan.')
  }
}

function planLines(
  { out, flags }: CommandInput,
  heading: string,
  { changes, effects, warnings, warningKinds }: AnyPlan,
): string[] {
  const paint = flags.isSet('plan') ? out.paint : out.paintError
  return [
    heading,
    ...changes.map(({ path, from, to }) => `  ${changeLine(path, from, to)}`),
    ...effects.map((text) => `  ${printableLine(text)}`),
    ...warnings.map((text, i) =>
      paint('yellow', `  warning: ${warningKinds[i] === 'circuit-breaker' ? breakerWarning : printableLine(text)}`),
    ),
  ]
}

/** The gateway's warning with the flag in place of the field of the API. */
const breakerWarning =
  'The deployment circuit breaker is off: if the new tasks fail, ECS starts others without end, and the deployment ' +
  'does not fail. Switch it on with ecs-api deploy --circuit-breaker rollback.'

/** The gateway's text in place of a value that may be secret. */
const hiddenMark = '(hidden)'

/** `~ image  1.29 → 1.30` for a change, `+ path  value` for an addition, `- path  value` for a removal. */
export function changeLine(path: string, from: unknown, to: unknown): string {
  const isAbsent = (value: unknown) => value === undefined || value === null
  if (isAbsent(from)) return `+ ${printableLine(path)}  ${valueText(to)}`
  if (isAbsent(to)) return `- ${printableLine(path)}  ${valueText(from)}`
  // Behind the mark, the gateway can say how much differs: `(hidden): 1 of 3 words differ`.
  if (from === hiddenMark && typeof to === 'string' && to.startsWith(hiddenMark)) {
    const difference = printableLine(to.slice(hiddenMark.length))
    return `~ ${printableLine(path)}  changed${difference} (hidden; --show-values shows it)`
  }
  return `~ ${printableLine(path)}  ${valueText(from)} → ${valueText(to)}`
}

function valueText(value: unknown): string {
  return printableLine(typeof value === 'string' ? value : JSON.stringify(value))
}
