/** The addresses of the pages. They have the same segments as the API's paths, and only this file builds them. */
const encode = (segment: string) => encodeURIComponent(segment).replaceAll('%3A', ':')

/** Decodes a segment of an address; returns a badly encoded one unchanged. */
export function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

const queryString = (parameters: Record<string, string>) => {
  const pairs = Object.entries(parameters).map(([name, value]) => `${name}=${encode(value)}`)
  return pairs.length > 0 ? `?${pairs.join('&')}` : ''
}

export const paths = {
  overview: '/',
  services: (account: string) => `/console/${encode(account)}/services`,
  service: (account: string, cluster: string, service: string) =>
    `/console/${encode(account)}/clusters/${encode(cluster)}/services/${encode(service)}`,
  serviceTab: (account: string, cluster: string, service: string, tab: ServiceTab) =>
    `${paths.service(account, cluster, service)}${tab === 'tasks' ? '' : `/${tab}`}`,
  /** The page of the service with the dialog of an action open. */
  serviceAction: (account: string, cluster: string, service: string, action: string) =>
    `${paths.service(account, cluster, service)}?do=${action}`,
  /** The page of the service with the dialog of a rollback to this release open. */
  rollback: (account: string, cluster: string, service: string, releaseNumber: number) =>
    `${paths.serviceAction(account, cluster, service, 'rollback')}&to=${releaseNumber}`,
  deployment: (account: string, cluster: string, service: string, id: string) =>
    `${paths.service(account, cluster, service)}/deployments/${encode(id)}`,
  diff: (account: string, cluster: string, service: string, fromRelease: number, toRelease: number) =>
    `${paths.service(account, cluster, service)}/releases/${fromRelease}/diff/${toRelease}`,
  newService: (account: string, prefilled: { taskDefinition?: string; cluster?: string } = {}) =>
    `/console/${encode(account)}/new/service${queryString(prefilled)}`,
  tasks: (account: string, selected: { cluster?: string } = {}) =>
    `/console/${encode(account)}/tasks${queryString(selected)}`,
  task: (account: string, cluster: string, id: string) =>
    `/console/${encode(account)}/clusters/${encode(cluster)}/tasks/${encode(id)}`,
  /** The log on the page of a task; with a container, only the lines of this one. */
  taskLog: (account: string, cluster: string, id: string, container?: string) =>
    `${paths.task(account, cluster, id)}${container === undefined ? '' : queryString({ container })}#logs`,
  /** Without a container, the page chooses the first one of the task. */
  terminal: (account: string, cluster: string, id: string, container?: string) =>
    `${paths.task(account, cluster, id)}/terminal${container === undefined ? '' : queryString({ container })}`,
  taskDefinitions: (account: string) => `/console/${encode(account)}/taskdefs`,
  taskDefinition: (account: string, name: string) => `/console/${encode(account)}/taskdefs/${encode(name)}`,
  newTaskDefinition: (account: string, copiedName?: string) =>
    `/console/${encode(account)}/new/taskdef${copiedName === undefined ? '' : `?from=${encode(copiedName)}`}`,
  clusters: (account: string) => `/console/${encode(account)}/clusters`,
  cluster: (account: string, cluster: string) => `/console/${encode(account)}/clusters/${encode(cluster)}`,
  audit: '/console/admin/audit',
  tokens: '/console/admin/tokens',
  signIn: '/console/sign-in',
}

export const serviceTabs = ['tasks', 'logs', 'deployments', 'events', 'metrics', 'configuration'] as const
export type ServiceTab = (typeof serviceTabs)[number]
