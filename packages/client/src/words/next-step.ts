/** The step of ECS that follows by itself, as a sentence. */
import type { ServiceDeployment } from '../resources.ts'
import { isPaused } from './deployment.ts'

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** The day of an exact time (`2026-11-30 10:49:05`), such as `30 Nov`. */
export const dayOf = (exact: string) => `${Number(exact.slice(8, 10))} ${months[Number(exact.slice(5, 7)) - 1]}`

/**
 * `Without an answer ECS rolls back on 1 Jan 2099 00:00:00.`; undefined without such a step.
 * @param exactTime a time (ISO 8601, or milliseconds since 1970) in the reader's time zone: `2026-11-30 10:49:05`
 * @param now milliseconds since 1970: the day of `now` is left out, and so is its year
 */
export function nextStepSentence(
  deployment: ServiceDeployment,
  exactTime: (at: string | number) => string,
  now: number,
): string | undefined {
  const { nextStep } = deployment
  if (!nextStep) return undefined
  const [exact, today] = [exactTime(nextStep.at), exactTime(now)]
  const year = exact.slice(0, 4) === today.slice(0, 4) ? '' : ` ${exact.slice(0, 4)}`
  const isToday = exact.slice(0, 10) === today.slice(0, 10)
  const time = `${isToday ? '' : `${dayOf(exact)}${year} `}${exact.slice(11, 19)}`
  const { text } = nextStep
  return isPaused(deployment) ? `${text} ${isToday ? 'at' : 'on'} ${time}.` : `${text}, from ${time} on.`
}
