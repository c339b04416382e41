import { type Diagnosis, isProblem } from '@ecs-api/client'
import { deploymentSentence } from '@ecs-api/client/words'
import type { CommandInput } from '../command.ts'
import { findDeployment } from '../context/deployment.ts'
import { findServiceOrTask } from '../context/references.ts'
import { diagnosisLines } from '../diagnosis-lines.ts'
import { ageText } from '../out/table.ts'

/** Shows the gateway's diagnosis of a service, a deployment or a task: causes, evidence and next steps. */
export async function why(input: CommandInput): Promise<void> {
  const { out, now } = input
  const diagnosis = await (input.args[1] === undefined ? diagnosisOf(input) : diagnosisOfDeployment(input))
  const formatTime = (at: string) => (out.stdoutIsTerminal ? ageText(at, now()) : at)
  await out.valueOrLines(diagnosis, diagnosisLines(diagnosis, { paint: out.paint, formatTime }))
}

async function diagnosisOf(input: CommandInput): Promise<Diagnosis> {
  const { service, task } = await findServiceOrTask(input, input.args[0])
  return service ? service.account.services.diagnosis(service.ref) : task.account.tasks.diagnosis(task.ref)
}

/**
 * The diagnosis of the deployment's last failed task. Without such a task, or when ECS no longer lists it, the
 * service's.
 */
async function diagnosisOfDeployment(input: CommandInput): Promise<Diagnosis> {
  const { account, ref } = await findDeployment(input, input.args[0], input.args[1])
  const deployment = await account.deployments.get(ref)
  input.out.note(`The deployment ${deployment.id}: ${deploymentSentence(deployment, input.now())}`)
  const lastFailure = deployment.taskFailures.at(-1)
  const diagnosisOfService = () => account.services.diagnosis({ cluster: ref.cluster, name: ref.service })
  if (!lastFailure) return diagnosisOfService()
  const id = lastFailure.task.split('/').at(-1)!
  return account.tasks.diagnosis({ cluster: ref.cluster, id }).catch((error: unknown) => {
    if (isProblem(error, 'TaskNotFound')) return diagnosisOfService()
    throw error
  })
}
