import type { Input } from '../command.ts'
import { findServiceOrTask } from '../context/references.ts'
import { diagnosisLines } from '../diagnosis-lines.ts'
import { ageText } from '../out/table.ts'

/** The gateway's diagnosis of a service or a task: causes, evidence and next steps. */
export async function why(input: Input): Promise<void> {
  const { out, now } = input
  const { service, task } = await findServiceOrTask(input, input.args[0])
  const diagnosis = service
    ? await service.account.services.diagnosis(service.ref)
    : await task.account.tasks.diagnosis(task.ref)
  const time = (at: string) => (out.stdoutIsTerminal ? ageText(at, now()) : at)
  await out.value(diagnosis, diagnosisLines(diagnosis, { paint: out.paint, time }))
}
