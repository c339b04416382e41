import type { ServicePatch } from '@ecs-api/client'
import { readBodyFile } from '../body-file.ts'
import type { CommandInput } from '../command.ts'
import { findService } from '../context/references.ts'
import { UsageError } from '../errors.ts'
import { showPlanAndConfirm } from '../plan.ts'
import { serviceView } from '../views/services.ts'

/** Merges the fields of a file into a service. It does not wait for the deployment that this may start. */
export async function updateService(input: CommandInput): Promise<number> {
  const file = input.flags.text('file')
  if (file === undefined) throw new UsageError('Which fields? Give them with -f FILE (- is standard input).')
  const body = await readBodyFile(file, input.signal)
  const { account, ref } = await findService(input, input.args[0])
  const patch = body.value as ServicePatch
  if (input.flags.isSet('plan')) {
    const plan = await body.sendAndLocateErrors(() => account.services.update(ref, patch, { dryRun: true }))
    const outcome = await showPlanAndConfirm(input, { heading: `Update ${ref.cluster}/${ref.name}:`, plan })
    return outcome.isConfirmed ? 0 : outcome.exitCode
  }
  const { service } = await body.sendAndLocateErrors(() => account.services.update(ref, patch))
  await input.out.resource(serviceView, service)
  return 0
}
