import type { Diagnosis } from '@ecs-api/client'
import type { Input } from '../command.ts'
import { findServiceOrTask } from '../context/references.ts'
import { printable } from '../out/printable.ts'
import { ageText } from '../out/table.ts'

/** The gateway's diagnosis of a service or a task: causes, evidence and next steps. */
export async function why(input: Input): Promise<void> {
  const { out, now } = input
  const { service, task } = await findServiceOrTask(input, input.args[0])
  const diagnosis = service
    ? await service.account.services.diagnosis(service.ref)
    : await task.account.tasks.diagnosis(task.ref)
  const time = (at: string) => (out.stdoutIsTerminal ? ageText(at, now()) : at)
  await out.value(diagnosis, linesOf(diagnosis, input, time))
}

function linesOf(
  { status, summary, causes, notChecked }: Diagnosis,
  { out }: Input,
  time: (at: string) => string,
): string[] {
  const styleOf = {
    healthy: 'green',
    progressing: 'yellow',
    degraded: 'red',
    failing: 'red',
    unknown: 'yellow',
  } as const
  return [
    `${out.paint(styleOf[status], status)}  ${printable(summary)}`,
    ...causes.flatMap((cause) => [
      '',
      `${out.paint(cause.severity === 'error' ? 'red' : 'yellow', cause.code)}  ${printable(cause.summary)}`,
      ...cause.evidence.map(
        ({ at, text, kind }) => `  ${kind.padEnd(10)}  ${at === undefined ? '' : `${time(at)}  `}${printable(text)}`,
      ),
      ...cause.next.map(
        ({ text, request }) =>
          `  next        ${printable(text)}${request === undefined ? '' : `  (${printable(request)})`}`,
      ),
      `  more        ecs-api help ${cause.code}`,
    ]),
    ...(notChecked.length > 0 ? ['', 'Not checked:'] : []),
    ...notChecked.map(({ check, reason }) => `  ${printable(check)}: ${printable(reason)}`),
  ]
}
