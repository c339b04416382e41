import type { RolloutProgress } from '@ecs-api/client'
import { deploymentSentence } from '@ecs-api/client/words'
import { printChangedService } from '../changed-service.ts'
import type { CommandInput } from '../command.ts'
import { findDeployment } from '../context/deployment.ts'
import { followRollout } from '../progress/follow-rollout.ts'

const endedStatus = /^(SUCCESSFUL|STOPPED|ROLLBACK_SUCCESSFUL|ROLLBACK_FAILED)$/

/** Follows a deployment, or the newest of a service, to its verdict. A deployment that has ended has one at once. */
export async function watchDeployment(input: CommandInput): Promise<void> {
  const { account, ref } = await findDeployment(input, input.args[0], input.args[1])
  const { out, now } = input
  const serviceRef = { cluster: ref.cluster, name: ref.service }
  const service = await account.services.get(serviceRef)
  // `-q` prints only the name of the service, as `deploy -q` does.
  const printsSteps = !out.isForPeople && out.format !== 'name'
  async function* progress({ signal }: { signal?: AbortSignal } = {}): AsyncGenerator<RolloutProgress> {
    for await (const event of account.deployments.watch(ref, { signal })) {
      if (event.type === 'problem') continue
      const deployment = event.resource
      const sentence = deploymentSentence(deployment, now())
      if (printsSteps) await out.event(deployment, sentence)
      yield { sentence, deployment, service: undefined }
      if (endedStatus.test(deployment.status)) return
    }
  }
  const title = `Watching the deployment of ${ref.cluster}/${ref.service}`
  const finalService = await followRollout({ input, account, title, rollout: { progress }, service })
  if (!printsSteps) await printChangedService(out, account, finalService)
}
