/**
 * Events of a service that say why a deployment does not go on (ECS Developer Guide, "Amazon ECS service event
 * messages"). Such an event counts until a later event shows that ECS makes progress again.
 */
import type { ServiceEvent } from '@aws-sdk/client-ecs'

export interface Percentages {
  minimumHealthyPercent: number
  maximumPercent: number
}

interface BlockerKind {
  pattern: RegExp
  text: (match: RegExpExecArray, percentages: Percentages) => string
}

const blockerKinds: readonly BlockerKind[] = [
  {
    pattern: /unable to stop or start tasks during a deployment because of the service deployment configuration/,
    text: (_, { minimumHealthyPercent, maximumPercent }) =>
      `minimumHealthyPercent ${minimumHealthyPercent} and maximumPercent ${maximumPercent} allow ECS neither to stop ` +
      'an old task nor to start a new one',
  },
  {
    pattern: /unable to consistently start tasks successfully/,
    text: () => 'ECS pauses before it starts tasks again, because they fail repeatedly',
  },
  {
    pattern: /unable to scale in due to \(reason (\d+) tasks under protection\)/,
    text: ([, count]) =>
      count === '1'
        ? 'ECS cannot stop 1 old task, because it is protected from scale-in'
        : `ECS cannot stop ${count} old tasks, because they are protected from scale-in`,
  },
  {
    pattern: /Capacity is unavailable at this time/,
    text: () => 'Fargate has no capacity in the Availability Zones of the subnets',
  },
  {
    pattern: /operations are being throttled/,
    text: () => 'AWS throttles the operations of ECS for this service',
  },
  {
    pattern: /was unable to place a task(?: because .*?)?\.? ?Reason: (.+?)\.?(?: For more information.*)?$/,
    text: ([, reason]) => `ECS cannot place a task: ${reason}`,
  },
  {
    pattern: /(?:was unable to|could not) (?:register|deregister) .*?\(reason (.+)\)/,
    text: ([, reason]) => `ECS cannot change the targets of the load balancer: ${reason}`,
  },
]

/** ECS makes progress when it starts or stops tasks, registers or deregisters targets, or drains connections. */
const progressMessage = /has (?:begun draining connections|(?:started|stopped|registered|deregistered) \d+) /

/** The newest blocking event since the start of the deployment; undefined when ECS has made progress after it. */
export function currentBlocker(
  events: readonly ServiceEvent[],
  deploymentStart: Date | undefined,
  percentages: Percentages,
): { text: string; at: Date | undefined } | undefined {
  for (const { message = '', createdAt } of eventsSince(events, deploymentStart)) {
    if (progressMessage.test(message)) return undefined
    for (const { pattern, text } of blockerKinds) {
      const match = pattern.exec(message)
      if (match) return { text: text(match, percentages), at: createdAt }
    }
  }
  return undefined
}

/** When ECS last made progress since the start of the deployment. */
export function lastProgressAt(events: readonly ServiceEvent[], deploymentStart: Date | undefined): Date | undefined {
  return eventsSince(events, deploymentStart).find(({ message = '' }) => progressMessage.test(message))?.createdAt
}

/**
 * Whether the newest progress event since the start of the deployment says that ECS drains, stops or deregisters tasks.
 */
export function isStoppingTasks(events: readonly ServiceEvent[], deploymentStart: Date | undefined): boolean {
  const newest = eventsSince(events, deploymentStart).find(({ message = '' }) => progressMessage.test(message))
  return newest !== undefined && /has (?:begun draining|stopped|deregistered) /.test(newest.message ?? '')
}

/** The events since the start of the deployment, newest first as ECS returns them; without a start, all events. */
function eventsSince(events: readonly ServiceEvent[], deploymentStart: Date | undefined): ServiceEvent[] {
  return events.filter(({ createdAt }) => !deploymentStart || (createdAt && createdAt >= deploymentStart))
}
