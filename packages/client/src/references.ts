/**
 * References to resources: `'cluster/name'`, an ARN, or an object with the names, such as a resource that the API
 * returned. A task definition has a name without a cluster.
 */
import { clientProblem, ProblemError } from './problems.ts'

/** `'prod'`, an ARN, or a cluster. */
export type ClusterRef = string | { readonly name: string; readonly cluster?: never; readonly family?: never }
/** `'prod/www'`, an ARN, or a service. */
export type ServiceRef = string | { readonly cluster: string; readonly name: string }
/** `'prod/3f0c91bf…'`, an ARN, or a task. */
export type TaskRef = string | { readonly cluster: string; readonly id: string; readonly service?: never }
/** `'prod/www/9dYg…'`, an ARN, or a deployment. */
export type DeploymentRef = string | { readonly cluster: string; readonly service: string; readonly id: string }
/** `'web'` (the newest active revision), `'web:7'`, an ARN, or a task definition. */
export type TaskDefinitionRef = string | { readonly name: string; readonly family: string }

function invalid(ref: unknown, form: string): ProblemError {
  const detail = `${JSON.stringify(ref)} is not a reference: give ${form} or its ARN.`
  return new ProblemError(clientProblem('InvalidReference', detail))
}

/**
 * The parts of a reference: the segments of the text, or the fields of the object. For an ARN, the last part is the
 * whole ARN, so that the gateway can reject an ARN of another account, Region or kind.
 * @param form the expected form, for the error
 */
function partsOf(ref: unknown, fields: readonly string[], form: string): string[] {
  let parts: unknown[]
  if (typeof ref !== 'string') parts = fields.map((field) => (ref as Record<string, unknown> | null)?.[field])
  else if (ref.startsWith('arn:')) parts = [...ref.split('/').slice(1, -1), ref]
  else parts = ref.split('/')
  if (parts.length !== fields.length || parts.some((part) => typeof part !== 'string' || part === ''))
    throw invalid(ref, form)
  return parts as string[]
}

export function clusterPathValues(ref: ClusterRef) {
  const [cluster] = partsOf(ref, ['name'], '"cluster"')
  return { cluster: cluster! }
}

export function servicePathValues(ref: ServiceRef) {
  const [cluster, service] = partsOf(ref, ['cluster', 'name'], '"cluster/service"')
  return { cluster: cluster!, service: service! }
}

export function taskPathValues(ref: TaskRef) {
  const [cluster, task] = partsOf(ref, ['cluster', 'id'], '"cluster/task"')
  return { cluster: cluster!, task: task! }
}

export function deploymentPathValues(ref: DeploymentRef) {
  const [cluster, service, deployment] = partsOf(ref, ['cluster', 'service', 'id'], '"cluster/service/deployment"')
  return { cluster: cluster!, service: service!, deployment: deployment! }
}

export function taskDefinitionPathValues(ref: TaskDefinitionRef) {
  const [taskdef] = partsOf(ref, ['name'], '"family" or "family:revision"')
  return { taskdef: taskdef! }
}
