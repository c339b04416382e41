import { type Diagnosis, isProblem } from '@ecs-api/client'
import { deploymentSentence } from '@ecs-api/client/words'
import type { Input } from '../command.ts'
import { findDeployment } from '../context/deployment.ts'
import { findServiceOrTask } from '../context/references.ts'
import { diagnosisLines } from '../diagnosis-lines.ts'
import { ageText } from '../out/table.ts'

/** The gateway's diagnosis of a service, a deployment or a task: causes, evidence and next steps. */
export async function why(input: Input): Promise<void> {
  const { out, now } = input
  const diagnosis = await (input.args[1] === undefined ? diagnosisOf(input) : diagnosisOfDeployment(input))
  const time = (at: string) => (out.stdoutIsTerminal ? ageText(at, now()) : at)
  await out.value(diagnosis, diagnosisLines(diagnosis, { paint: out.paint, time }))
}

async function diagnosisOf(input: Input): Promise<Diagnosis> {
  const { service, task } = await findServiceOrTask(input, input.args[0])
  return service ? service.account.services.diagnosis(service.ref) : task.account.tasks.diagnosis(task.ref)
}

/** Of its last failed task; without one that ECS still knows, of its service. */
async function diagnosisOfDeployment(input: Input): Promise<Diagnosis> {
  const { account, ref } = await findDeployment(input, input.args[0], input.args[1])
  const deployment = await account.deployments.get(ref)
  input.out.note(`The deployment ${deployment.id}: ${deploymentSentence(deployment, input.now())}`)
  const failed = deployment.taskFailures.at(-1)
  const ofService = () => account.services.diagnosis({ cluster: ref.cluster, name: ref.service })
  if (!failed) return ofService()
  const id = failed.task.split('/').at(-1)!
  return account.tasks.diagnosis({ cluster: ref.cluster, id }).catch((error: unknown) => {
    if (isProblem(error, 'TaskNotFound')) return ofService()
    throw error
  })
}
