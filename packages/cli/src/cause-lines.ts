/** Formats the cause of a failed deployment for its verdict: the summary, and the first step of the diagnosis. */
import type { Diagnosis } from '@ecs-api/client'

/** @param taskCount how many tasks failed */
export function causeLines({ summary, next: [step] }: Diagnosis['causes'][number], taskCount: number): string[] {
  return [
    taskCount > 1 ? `${summary.replace(/\.$/, '')}, in ${taskCount} tasks.` : summary,
    ...(step === undefined ? [] : [`next  ${step.text}`]),
  ]
}

/** A shorter reason, such as an exit code, may be repeated. */
const minLongReason = 60

/** Leaves out a long reason in parentheses that the line of a failed task has shown above. */
export function withoutReportedReason(line: string, shownReasons: Iterable<string>): string {
  const [, before, reason = '', after] = /^(.*?) \((.*)\)(.*)$/s.exec(line) ?? []
  const isShown = [...shownReasons].some((shown) => shown.includes(reason))
  return reason.length >= minLongReason && isShown ? `${before}${after}` : line
}
