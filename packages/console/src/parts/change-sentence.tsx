/** An entry of the audit log as a sentence about the change, with a link to the changed resource. */
import type { AuditEntry } from '@ecs-api/client'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { decodeSegment, paths } from '../paths.ts'
import { ExternalText } from './external-text.tsx'

interface AuditInput {
  query?: Record<string, unknown>
  body?: Record<string, unknown> | null
}

/** The parameters of the route, empty where it has none, and the body of the request. */
interface RequestFacts {
  account: string
  cluster: string
  service: string
  task: string
  taskdef: string
  token: string
  body: Record<string, unknown>
  /** Whether the changed resource is missing, because the request was rejected: there is nothing to link to. */
  isMissing: boolean
}

const text = (value: unknown) => (typeof value === 'string' || typeof value === 'number' ? String(value) : '')

function NamedLink({ facts, href, name }: { facts: RequestFacts; href: string; name: string }) {
  return facts.isMissing ? (
    <ExternalText text={name} />
  ) : (
    <Link href={href}>
      <ExternalText text={name} />
    </Link>
  )
}

const serviceLink = (facts: RequestFacts, name = facts.service) => (
  <NamedLink facts={facts} href={paths.service(facts.account, facts.cluster, name)} name={`${facts.cluster}/${name}`} />
)
const clusterLink = (facts: RequestFacts, name = facts.cluster) => (
  <NamedLink facts={facts} href={paths.cluster(facts.account, name)} name={name} />
)
const taskLink = (facts: RequestFacts, task = facts.task) => (
  <NamedLink facts={facts} href={paths.task(facts.account, facts.cluster, task)} name={task.slice(0, 8)} />
)

/** The sentences by method and route. `/v1/ecs` is left out of the routes. */
const sentences: Readonly<Record<string, (facts: RequestFacts) => ReactNode>> = {
  'POST /:account/clusters': (facts) => <>created the cluster {clusterLink(facts, text(facts.body.name))}</>,
  'PUT /:account/clusters/:cluster': (facts) => <>changed the cluster {clusterLink(facts)}</>,
  'PATCH /:account/clusters/:cluster': (facts) => <>changed the cluster {clusterLink(facts)}</>,
  'DELETE /:account/clusters/:cluster': ({ cluster }) => (
    <>
      deleted the cluster <ExternalText text={cluster} />
    </>
  ),
  'POST /:account/clusters/:cluster/services': (facts) => (
    <>
      created the service {serviceLink(facts, text(facts.body.name ?? facts.body.serviceName))} with{' '}
      <ExternalText text={text(facts.body.taskDefinition)} />
    </>
  ),
  'PATCH /:account/clusters/:cluster/services/:service': (facts) => changeOfService(facts),
  'DELETE /:account/clusters/:cluster/services/:service': ({ cluster, service }) => (
    <>
      deleted the service <ExternalText text={`${cluster}/${service}`} />
    </>
  ),
  'POST /:account/clusters/:cluster/services/:service/restart': (facts) => <>restarted {serviceLink(facts)}</>,
  'POST /:account/clusters/:cluster/services/:service/rollback': (facts) => (
    <>
      rolled {serviceLink(facts)} back
      {facts.body.release !== undefined && (
        <>
          {' '}
          to release <ExternalText text={text(facts.body.release)} />
        </>
      )}
      {facts.body.taskDefinition !== undefined && (
        <>
          {' '}
          to <ExternalText text={text(facts.body.taskDefinition)} />
        </>
      )}
    </>
  ),
  'POST /:account/clusters/:cluster/services/:service/deployments/:deployment/stop': (facts) => (
    <>stopped a deployment of {serviceLink(facts)}</>
  ),
  'POST /:account/clusters/:cluster/services/:service/deployments/:deployment/continue': (facts) => (
    <>continued a deployment of {serviceLink(facts)}</>
  ),
  'POST /:account/taskdefs': (facts) => {
    const family = text(facts.body.family)
    return (
      <>
        registered a revision of{' '}
        <NamedLink facts={facts} href={paths.taskDefinition(facts.account, family)} name={family} />
      </>
    )
  },
  'DELETE /:account/taskdefs/:taskdef': (facts) => (
    <>
      deregistered{' '}
      <NamedLink facts={facts} href={paths.taskDefinition(facts.account, facts.taskdef)} name={facts.taskdef} />
    </>
  ),
  'POST /:account/clusters/:cluster/tasks': (facts) => (
    <>
      ran <ExternalText text={text(facts.body.taskDefinition)} /> in {clusterLink(facts)}
    </>
  ),
  'DELETE /:account/clusters/:cluster/tasks/:task': (facts) => <>stopped the task {taskLink(facts)}</>,
  'POST /:account/clusters/:cluster/tasks/:task/exec': (facts) => <>ran a command in the task {taskLink(facts)}</>,
  // The path of the request is a secret, because it opens the session. The body names the task.
  'GET /exec/:session': (facts) => (
    <>
      opened a terminal in <ExternalText text={text(facts.body.container)} /> of the task{' '}
      {taskLink(facts, text(facts.body.task))}
    </>
  ),
  'POST /tokens': (facts) => (
    <>
      created the token <NamedLink facts={facts} href={paths.tokens} name={text(facts.body.name)} />
    </>
  ),
  'DELETE /tokens/:token': ({ token }) => (
    <>
      revoked the token <ExternalText text={token} />
    </>
  ),
  'POST /tokens/:token/rotate': (facts) => (
    <>
      rotated the token <NamedLink facts={facts} href={paths.tokens} name={facts.token} />
    </>
  ),
  'POST /session': () => 'signed in',
  'DELETE /session': () => 'signed out',
  'POST /session/codes': () => 'made a code to sign in',
}

function changeOfService(facts: RequestFacts): ReactNode {
  const { body } = facts
  const containers = Object.values((body.containers ?? {}) as Record<string, { image?: unknown } | null>)
  const images = containers.map((container) => text(container?.image)).filter((image) => image !== '')
  const deployedVersion = images.length > 0 ? images.join(', ') : text(body.taskDefinition)
  const count = text(body.count ?? body.desiredCount)
  if (deployedVersion !== '')
    return (
      <>
        deployed <ExternalText text={deployedVersion} /> to {serviceLink(facts)}
      </>
    )
  if (count !== '')
    return (
      <>
        scaled {serviceLink(facts)} to <ExternalText text={count} /> {count === '1' ? 'task' : 'tasks'}
      </>
    )
  return (
    <>
      changed {serviceLink(facts)}
      {Object.keys(body).length > 0 && (
        <>
          : <ExternalText text={Object.keys(body).join(', ')} />
        </>
      )}
    </>
  )
}

const inputOf = ({ input }: AuditEntry) => (input ?? {}) as AuditInput

/** Whether the request was only for a plan (`?dryRun=true`), which changes nothing. */
export const isDryRun = (entry: AuditEntry) => inputOf(entry).query?.dryRun === true

function routeParameter({ action, path }: AuditEntry, name: string): string {
  const i = (action.split(' ')[1] ?? '').split('/').indexOf(`:${name}`)
  return decodeSegment(path.split('/')[i] ?? '')
}

const creatingRoute = /^POST \S*\/(clusters|services|taskdefs|tokens)$/

/** A rejected creation has made nothing. Another change is rejected with such a code if its resource does not exist. */
const isTargetMissing = ({ action, code }: AuditEntry) =>
  code !== null &&
  (creatingRoute.test(action) || /^(Cluster|Service|Task|TaskDefinition|Token|Account)NotFound$/.test(code))

const deployingRoute = /^(POST|PATCH) \S*\/:cluster\/services(\/:service(\/(restart|rollback))?)?$/

/** The service whose tasks ECS replaces after the request, if it has accepted it; undefined for another change. */
export function deployedService(entry: AuditEntry): { account: string; cluster: string; name: string } | undefined {
  const body = inputOf(entry).body ?? {}
  const isScaling =
    Object.keys(body).length > 0 && Object.keys(body).every((name) => /^(count|desiredCount)$/.test(name))
  if (!deployingRoute.test(entry.action) || isDryRun(entry) || entry.code !== null || isScaling) return undefined
  const name = routeParameter(entry, 'service') || text(body.name ?? body.serviceName)
  return { account: routeParameter(entry, 'account'), cluster: routeParameter(entry, 'cluster'), name }
}

export function ChangeSentence({ entry }: { entry: AuditEntry }) {
  const [method = '', route = ''] = entry.action.split(' ')
  const sentence = sentences[`${method} ${route.replace(/^\/v1\/ecs/, '')}`]
  if (!sentence) return <ExternalText text={`${method} ${entry.path}`} />
  const facts: RequestFacts = {
    account: routeParameter(entry, 'account') || (entry.account ?? ''),
    cluster: routeParameter(entry, 'cluster') || (entry.cluster ?? ''),
    service: routeParameter(entry, 'service'),
    task: routeParameter(entry, 'task'),
    taskdef: routeParameter(entry, 'taskdef'),
    token: routeParameter(entry, 'token'),
    body: inputOf(entry).body ?? {},
    isMissing: isTargetMissing(entry),
  }
  return (
    <>
      {isDryRun(entry) && <span className="muted">plan: </span>}
      {sentence(facts)}
    </>
  )
}
