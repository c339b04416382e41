/** The addresses of the pages, made here and nowhere else. They follow the API's. */
const encode = (segment: string) => encodeURIComponent(segment).replaceAll('%3A', ':')

/** A segment of an address. One that is not well encoded is returned as it is. */
export function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

const query = (given: Record<string, string>) => {
  const pairs = Object.entries(given).map(([name, value]) => `${name}=${encode(value)}`)
  return pairs.length > 0 ? `?${pairs.join('&')}` : ''
}

export const paths = {
  overview: '/',
  services: (account: string) => `/console/${encode(account)}/services`,
  service: (account: string, cluster: string, service: string) =>
    `/console/${encode(account)}/clusters/${encode(cluster)}/services/${encode(service)}`,
  serviceTab: (account: string, cluster: string, service: string, tab: ServiceTab) =>
    `${paths.service(account, cluster, service)}${tab === 'tasks' ? '' : `/${tab}`}`,
  /** The page of the service with the dialog of an action. */
  serviceAction: (account: string, cluster: string, service: string, action: string) =>
    `${paths.service(account, cluster, service)}?do=${action}`,
  /** The page of the service with the dialog that rolls back to a release. */
  rollback: (account: string, cluster: string, service: string, release: number) =>
    `${paths.serviceAction(account, cluster, service, 'rollback')}&to=${release}`,
  deployment: (account: string, cluster: string, service: string, id: string) =>
    `${paths.service(account, cluster, service)}/deployments/${encode(id)}`,
  diff: (account: string, cluster: string, service: string, from: number, to: number) =>
    `${paths.service(account, cluster, service)}/releases/${from}/diff/${to}`,
  newService: (account: string, given: { taskDefinition?: string; cluster?: string } = {}) =>
    `/console/${encode(account)}/new/service${query(given)}`,
  tasks: (account: string) => `/console/${encode(account)}/tasks`,
  task: (account: string, cluster: string, id: string) =>
    `/console/${encode(account)}/clusters/${encode(cluster)}/tasks/${encode(id)}`,
  terminal: (account: string, cluster: string, id: string, container: string | undefined) =>
    `${paths.task(account, cluster, id)}/terminal${container === undefined ? '' : `?container=${encode(container)}`}`,
  taskDefinitions: (account: string) => `/console/${encode(account)}/taskdefs`,
  taskDefinition: (account: string, name: string) => `/console/${encode(account)}/taskdefs/${encode(name)}`,
  newTaskDefinition: (account: string, from?: string) =>
    `/console/${encode(account)}/new/taskdef${from === undefined ? '' : `?from=${encode(from)}`}`,
  clusters: (account: string) => `/console/${encode(account)}/clusters`,
  cluster: (account: string, cluster: string) => `/console/${encode(account)}/clusters/${encode(cluster)}`,
  audit: '/console/admin/audit',
  tokens: '/console/admin/tokens',
  signIn: '/console/sign-in',
}

export const serviceTabs = ['tasks', 'logs', 'deployments', 'events', 'metrics', 'settings'] as const
export type ServiceTab = (typeof serviceTabs)[number]
