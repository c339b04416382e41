/** The step of ECS that follows by itself, in the terminal's time zone. */
import type { ServiceDeployment } from '@ecs-api/client'
import { nextStepSentence } from '@ecs-api/client/words'

/** The Swedish format is `2026-11-30 10:49:05`. */
const localTime = (at: string | number) => new Date(at).toLocaleString('sv')

/** The sentence without its full stop, as the value of a field or a line; undefined without such a step. */
export const nextStepText = (deployment: ServiceDeployment | undefined, now: number) =>
  deployment && nextStepSentence(deployment, localTime, now)?.replace(/\.$/, '')
