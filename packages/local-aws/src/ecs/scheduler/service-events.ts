/**
 * The messages of service events (`DescribeServices`, `events[].message`), in ECS's own words. They begin with
 * `(service NAME) `, as in recorded responses of AWS; the Developer Guide shows another form.
 */
const labelOf = (service: string) => `(service ${service})`
const taskList = (tasks: readonly string[]) => tasks.map((task) => `(task ${task})`).join(' ')

export const serviceEventTexts = {
  steadyState: (service: string) => `${labelOf(service)} has reached a steady state.`,
  startedTasks: (service: string, tasks: readonly string[], replaced = 0) =>
    `${labelOf(service)} has started ${tasks.length} tasks: ${taskList(tasks)}.${
      replaced > 0 ? ` Amazon ECS replaced ${replaced} tasks due to an unhealthy status.` : ''
    }`,
  stoppedRunningTasks: (service: string, tasks: readonly string[]) =>
    `${labelOf(service)} has stopped ${tasks.length} running tasks: ${taskList(tasks)}.`,
  stoppedPendingTasks: (service: string, count: number) => `${labelOf(service)} stopped ${count} pending tasks.`,
  failedHealthChecks: (service: string, task: string) =>
    `${labelOf(service)} (task ${task}) failed container health checks.`,
  deploymentCompleted: (service: string, deployment: string) =>
    `${labelOf(service)} (deployment ${deployment}) deployment completed.`,
  deploymentFailed: (service: string, deployment: string) =>
    `${labelOf(service)} (deployment ${deployment}) deployment failed: tasks failed to start.`,
  rollingBack: (service: string, deployment: string) => `${labelOf(service)} rolling back to deployment ${deployment}.`,
  unableToStart: (service: string) =>
    `${labelOf(service)} is unable to consistently start tasks successfully. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.`,
  percentDeadlock: (service: string) =>
    `${labelOf(service)} was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.`,
  noContainerInstances: (service: string) =>
    `${labelOf(service)} was unable to place a task because no container instance met all of its requirements. Reason: No Container Instances were found in your cluster. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.`,
  tasksUnderProtection: (service: string, deployment: string, count: number) =>
    `${labelOf(service)} was unable to reach steady state because (taskSet ${deployment}) was unable to scale in due to (reason ${count} tasks under protection)`,
  /** Not ECS's: a message of the container runtime. */
  runtimeMessage: (service: string, text: string) => `${labelOf(service)} ${text}`,
  /** Not ECS's: names the fields of a request that this engine stores but does not act on. */
  withoutEffect: (service: string, fields: readonly string[]) =>
    `${labelOf(service)} keeps these fields, which have no effect on this engine yet: ${fields.join(', ')}.`,
}
