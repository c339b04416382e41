/** Causes that are found in an event or a deployment of a service. */
import { type Cause, type TextCause, wordingSources } from './cause.ts'

export const eventCauses: readonly TextCause[] = [
  {
    code: 'PercentDeadlock',
    severity: 'error',
    title: 'The deployment configuration leaves ECS no room to replace a task',
    meaning:
      'With these values of `minimumHealthyPercent` and `maximumPercent` and this count, ECS may neither stop an old ' +
      'task nor start a new one.',
    next: ['Raise `maximumPercent` (200) or lower `minimumHealthyPercent`.'],
    retryable: false,
    source: wordingSources.events,
    patterns: [/unable to stop or start tasks during a deployment because of the service deployment configuration/],
  },
  {
    code: 'DeploymentFailed',
    severity: 'error',
    title: 'The deployment failed because its tasks did not start',
    meaning: 'The circuit breaker counted too many failed tasks and ended the deployment.',
    next: ['Mend the cause of the failed tasks, and deploy again.'],
    retryable: false,
    source: wordingSources.events,
    patterns: [/deployment failed: (?:tasks failed to start|.*circuit breaker)|circuit breaker/i],
  },
  {
    code: 'StartBackOff',
    severity: 'error',
    title: 'ECS pauses before it starts tasks again',
    meaning: 'Tasks of the service failed repeatedly. ECS waits longer before each new attempt.',
    next: ['Mend the cause of the failed tasks.', 'A new deployment starts without the pause.'],
    retryable: true,
    source: wordingSources.events,
    patterns: [/is unable to consistently start tasks successfully/],
  },
  {
    code: 'OperationsThrottled',
    severity: 'warning',
    title: 'AWS throttles what ECS does for the service',
    meaning: 'ECS calls other services for the tasks, such as EC2 or ELB, and their limits are reached.',
    next: ['Wait: ECS tries again.'],
    retryable: true,
    source: wordingSources.events,
    patterns: [/operations are being throttled/],
  },
  {
    code: 'TasksProtected',
    severity: 'warning',
    title: 'Protected tasks cannot be stopped',
    meaning: 'Tasks with scale-in protection stay until the protection ends, so the deployment or scale-in waits.',
    next: ['Wait until the protection expires, or remove it.'],
    retryable: true,
    source: wordingSources.events,
    patterns: [/unable to scale in due to \(reason \d+ tasks under protection\)|DEPLOYMENT_BLOCKED/],
  },
  {
    code: 'TargetGroupMissing',
    severity: 'error',
    title: 'The target group of the service does not exist',
    meaning: 'The load balancer configuration of the service names a target group that was deleted.',
    next: ['Create the target group, or change `loadBalancers` of the service.'],
    retryable: false,
    source: wordingSources.events,
    patterns: [/TARGET GROUP IS NOT FOUND/i],
  },
  {
    code: 'ServiceRoleMisconfigured',
    severity: 'error',
    title: 'ECS may not use the load balancer',
    meaning: 'The IAM permissions of the service’s role do not allow ECS to register targets.',
    next: ['Let the service use the service-linked role AWSServiceRoleForECS.'],
    retryable: false,
    source: wordingSources.events,
    patterns: [/IAM permissions policies have been misconfigured/i],
  },
  {
    code: 'ProvisioningLimit',
    severity: 'warning',
    title: 'Too many tasks of the cluster are being provisioned',
    meaning: 'A cluster can have 500 tasks in PROVISIONING at once.',
    next: ['Wait: ECS starts the others later.'],
    retryable: true,
    source: wordingSources.events,
    patterns: [/tasks provisioning capacity limit/i],
  },
]

export const deploymentInProgress: Cause = {
  code: 'DeploymentInProgress',
  severity: 'expected',
  title: 'A deployment is in progress',
  meaning: 'ECS replaces the tasks of the service. `waitingFor` of the deployment has the current step.',
  next: ['Wait, or follow the deployment.'],
  retryable: true,
  source: 'ECS API Reference, ServiceDeployment',
}

/** The same cause while running tasks have not passed their health checks. ECS reports no result of a single check. */
export const healthCheckPending: Cause = {
  ...deploymentInProgress,
  next: [
    'Wait until the checks pass or fail. The command of the check, run in a task (ECS Exec), shows what it prints.',
  ],
}

export const tasksFailing: Cause = {
  code: 'TasksFailing',
  severity: 'error',
  title: 'Tasks of the deployment fail',
  meaning: 'ECS counts tasks of the deployment that failed one after the other. Their reasons are in the tasks.',
  next: [
    'Read the diagnosis of the service, which has the reasons of its stopped tasks.',
    'ECS forgets a stopped task after about an hour; the logs stay.',
  ],
  retryable: true,
  source: 'ECS API Reference, Deployment, `failedTasks`',
}

export const tasksDoNotStay: Cause = {
  code: 'TasksDoNotStay',
  severity: 'error',
  title: 'Tasks run for a while and end',
  meaning:
    'ECS replaces each task that ends. Its circuit breaker counts only tasks that did not start, so it neither ends nor ' +
    'rolls back the deployment.',
  next: ['Read the exit code and the last lines of a stopped task.', 'Roll back to a release whose tasks stayed.'],
  retryable: false,
  source: wordingSources.events,
}

export const unknownCause: Cause = {
  code: 'Unknown',
  severity: 'warning',
  title: 'AWS gives a reason that this table does not know',
  meaning: 'The evidence of the diagnosis has the wording of AWS, unchanged.',
  next: ['Read the wording of AWS.'],
  retryable: false,
  source: 'none',
}
