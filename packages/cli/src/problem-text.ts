/** Adapts the gateway's problems to the command line: replaces the requests that they suggest by commands. */
import type { ProblemError } from '@ecs-api/client'

/** @param subject the first argument of the command, such as `prod/www` */
type HintOf = (subject: string, problem: ProblemError['problem']) => string

const hints: Readonly<Record<string, HintOf>> = {
  AccountNotFound: () => 'All accounts: ecs-api accounts list',
  ClusterNotFound: () => 'All clusters: ecs-api clusters list',
  ClusterContainsServices: servicesInTheWay,
  ClusterContainsTasks: (cluster, problem) =>
    isRetryable(problem)
      ? `Wait for them and delete it: ecs-api clusters delete ${cluster} --wait`
      : `The tasks: ecs-api tasks list --cluster ${cluster}`,
  ClusterAlreadyExists: (cluster) => `Change it: ecs-api clusters update ${cluster || 'NAME'} -f FILE`,
  ServiceNotFound: () => 'All services: ecs-api services list',
  ServiceAlreadyExists: (service) => `Change it: ecs-api deploy ${serviceOf(service)}`,
  TaskNotFound: () => 'All tasks, also stopped ones: ecs-api tasks list --status ALL',
  TaskDefinitionNotFound: () => 'All task definitions: ecs-api taskdefs list',
  DeploymentNotFound: (service) => `All deployments: ecs-api deployments list ${serviceOf(service)}`,
  ReleaseNotFound: (service) => `All releases: ecs-api releases list ${serviceOf(service)}`,
  NoReleaseToRestore: (service) => `All releases: ecs-api releases list ${serviceOf(service)}`,
  ExecNotEnabled: (subject) => `Enable it with a deployment: ecs-api deploy ${serviceOf(subject)} --exec`,
  ExecNoTaskRole: () => 'Register a revision with taskRoleArn (ecs-api taskdefs create -f FILE), and deploy it.',
  Unauthorized: () => 'Sign in: ecs-api login',
}

/** Whether the request can succeed later without a further change: tasks are stopping, or services draining. */
export function isRetryable(problem: ProblemError['problem']): boolean {
  return 'retryable' in problem && problem.retryable === true
}

const maxNamed = 5

function servicesInTheWay(cluster: string, problem: ProblemError['problem']): string {
  if (isRetryable(problem)) return `Wait for them and delete it: ecs-api clusters delete ${cluster} --wait`
  const services = 'services' in problem && Array.isArray(problem.services) ? problem.services : []
  if (services.length > maxNamed) return `The services: ecs-api services list --cluster ${cluster}`
  const names = services.map((name) => `${cluster}/${name}`).join(' ')
  return `Delete them first: ecs-api services delete ${names} --force --wait`
}

/** The subject when it is a service. For a task, which `exec` and `logs` also take, it is the word SERVICE. */
function serviceOf(subject: string): string {
  return subject === '' || /(^|\/)[0-9a-f]{6,32}$/.test(subject) ? 'SERVICE' : subject
}

const requestPattern = /\b(GET|HEAD|POST|PUT|PATCH|DELETE) (\/|…|the )|Authorization: Bearer/

/** The line that says the next command; undefined when none is known. */
export function hintFor({ code, status, problem }: ProblemError, subject: string): string | undefined {
  if (status === 403) return 'The token and its role: ecs-api whoami'
  const hint = hints[code]
  return hint?.(subject, problem)
}

/** The text without the sentences that name a request. A text of such sentences alone stays as it is. */
export function withoutRequestSentences(text: string): string {
  const sentences = text.split(/(?<=[.!?]) (?=[A-Z`])/)
  const kept = sentences.filter((sentence) => !requestPattern.test(sentence))
  return kept.length > 0 ? kept.join(' ') : text
}
