/** Formats a diagnosis as lines for people. Evidence with the same text is one line, with the ids of its tasks. */
import type { Diagnosis } from '@ecs-api/client'
import { verdictOfDiagnosis } from '@ecs-api/client/words'
import { printableLine } from './out/printable.ts'
import type { Paint } from './out/style.ts'
import { styleOfVerdict } from './views/services.ts'

type Cause = Diagnosis['causes'][number]

export interface DiagnosisLinesOptions {
  paint: Paint
  /** Formats an ISO 8601 time. */
  formatTime: (at: string) => string
}

export function diagnosisLines(
  { status, summary, causes, notChecked }: Diagnosis,
  { paint, formatTime }: DiagnosisLinesOptions,
): string[] {
  const verdict = verdictOfDiagnosis(status)
  return [
    `${paint(styleOfVerdict[verdict], verdict)}  ${printableLine(summaryWithoutFirstCause(summary, causes))}`,
    ...causes.flatMap((cause) => [
      '',
      `${paint(cause.severity === 'error' ? 'red' : 'yellow', cause.code)}  ${printableLine(cause.summary)}`,
      ...evidenceLines(cause, formatTime),
      ...cause.next.map(
        ({ text, request }) =>
          `  next        ${printableLine(text)}${request === undefined ? '' : `  (${printableLine(request)})`}`,
      ),
      `  more        ecs-api help ${cause.code}`,
    ]),
    ...notCheckedLines(notChecked).map((line) => paint('dim', line)),
  ]
}

/** Removes the first cause from the summary, because it has a line of its own below. */
function summaryWithoutFirstCause(summary: string, [first]: readonly Cause[]): string {
  const rest = first && summary.endsWith(first.summary) ? summary.slice(0, -first.summary.length).trim() : ''
  return rest || summary
}

/**
 * One line for each text, and for each line of a log. A container's text that the summary contains is left out, unless
 * no line would remain.
 */
function evidenceLines({ summary, evidence }: Cause, formatTime: (at: string) => string): string[] {
  const groups = [...Map.groupBy(evidence, ({ kind, text }) => JSON.stringify([kind, text])).values()]
  const groupsBeyondSummary = groups.filter(
    ([first]) => !(first!.kind === 'container' && summary.includes(first!.text)),
  )
  return (groupsBeyondSummary.length > 0 ? groupsBeyondSummary : groups).flatMap((group) => {
    const [{ kind, text, at }] = group as [Cause['evidence'][number]]
    const tasks = [
      ...new Set(group.flatMap(({ resource }) => /\/tasks\/([0-9a-f]{8})/.exec(resource ?? '')?.[1] ?? [])),
    ]
    const taskNames = tasks.length > 0 ? `${tasks.join(', ')}  ` : ''
    const head = `  ${kind.padEnd(10)}  ${at === undefined ? '' : `${formatTime(at)}  `}${taskNames}`
    const logLines = text.split(/\r?\n/).filter((line) => line.trim() !== '')
    if (kind !== 'log' || logLines.length < 2) return [head + printableLine(text)]
    return [head.trimEnd(), ...logLines.map((line) => `${' '.repeat(14)}${printableLine(line)}`)]
  })
}

function notCheckedLines(notChecked: Diagnosis['notChecked']): string[] {
  // A check that this version of the gateway never makes says nothing about this service, so it is left out.
  const notMade = notChecked.filter(({ reason }) => reason !== 'not in this version')
  const byReason = [...Map.groupBy(notMade, ({ reason }) => reason)]
  const lines = byReason.map(
    ([reason, checks]) =>
      `Not checked (${printableLine(reason)}): ${checks.map(({ check }) => printableLine(check)).join('; ')}`,
  )
  return lines.length > 0 ? ['', ...lines] : []
}
