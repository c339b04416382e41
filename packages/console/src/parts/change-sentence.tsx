/** An entry of the audit log as a sentence: what was done to which resource, with a link to it. */
import type { AuditEntry } from '@ecs-api/client'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { decodeSegment, paths } from '../paths.ts'
import { ExternalText } from './external-text.tsx'

interface Input {
  query?: Record<string, unknown>
  body?: Record<string, unknown> | null
}

/** The parts of the path by the names that the route gives them, and the body. */
interface Facts {
  account: string
  cluster: string
  service: string
  task: string
  taskdef: string
  token: string
  body: Record<string, unknown>
}

const text = (value: unknown) => (typeof value === 'string' || typeof value === 'number' ? String(value) : '')

function Named({ to, name }: { to: string; name: string }) {
  return (
    <Link href={to}>
      <ExternalText text={name} />
    </Link>
  )
}

const serviceLink = ({ account, cluster, service }: Facts, name = service) => (
  <Named to={paths.service(account, cluster, name)} name={`${cluster}/${name}`} />
)
const clusterLink = ({ account, cluster }: Facts, name = cluster) => (
  <Named to={paths.cluster(account, name)} name={name} />
)
const taskLink = ({ account, cluster, task }: Facts) => (
  <Named to={paths.task(account, cluster, task)} name={task.slice(0, 8)} />
)

/** By method and route below `/v1/ecs`. */
const sentences: Readonly<Record<string, (facts: Facts) => ReactNode>> = {
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
  'POST /:account/taskdefs': ({ account, body }) => (
    <>
      registered a revision of <Named to={paths.taskDefinition(account, text(body.family))} name={text(body.family)} />
    </>
  ),
  'DELETE /:account/taskdefs/:taskdef': ({ account, taskdef }) => (
    <>
      deregistered <Named to={paths.taskDefinition(account, taskdef)} name={taskdef} />
    </>
  ),
  'POST /:account/clusters/:cluster/tasks': (facts) => (
    <>
      ran <ExternalText text={text(facts.body.taskDefinition)} /> in {clusterLink(facts)}
    </>
  ),
  'DELETE /:account/clusters/:cluster/tasks/:task': (facts) => <>stopped the task {taskLink(facts)}</>,
  'POST /:account/clusters/:cluster/tasks/:task/exec': (facts) => <>ran a command in the task {taskLink(facts)}</>,
  'POST /tokens': ({ body }) => (
    <>
      created the token <Named to={paths.tokens} name={text(body.name)} />
    </>
  ),
  'DELETE /tokens/:token': ({ token }) => (
    <>
      revoked the token <ExternalText text={token} />
    </>
  ),
  'POST /tokens/:token/rotate': ({ token }) => (
    <>
      rotated the token <Named to={paths.tokens} name={token} />
    </>
  ),
  'POST /session': () => 'signed in',
  'DELETE /session': () => 'signed out',
  'POST /session/codes': () => 'made a code to sign in',
}

function changeOfService(facts: Facts): ReactNode {
  const { body } = facts
  const containers = Object.values((body.containers ?? {}) as Record<string, { image?: unknown } | null>)
  const images = containers.map((container) => text(container?.image)).filter((image) => image !== '')
  const deployed = images.length > 0 ? images.join(', ') : text(body.taskDefinition)
  const count = text(body.count ?? body.desiredCount)
  if (deployed !== '')
    return (
      <>
        deployed <ExternalText text={deployed} /> to {serviceLink(facts)}
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

const inputOf = ({ input }: AuditEntry) => (input ?? {}) as Input

/** A plan changes nothing. */
export const isDryRun = (entry: AuditEntry) => inputOf(entry).query?.dryRun === true

export function ChangeSentence({ entry }: { entry: AuditEntry }) {
  const [method = '', route = ''] = entry.action.split(' ')
  const sentence = sentences[`${method} ${route.replace(/^\/v1\/ecs/, '')}`]
  if (!sentence) return <ExternalText text={`${method} ${entry.path}`} />
  const values = entry.path.split('/')
  const at = (name: string) => decodeSegment(values[route.split('/').indexOf(`:${name}`)] ?? '')
  const facts: Facts = {
    account: at('account'),
    cluster: at('cluster'),
    service: at('service'),
    task: at('task'),
    taskdef: at('taskdef'),
    token: at('token'),
    body: inputOf(entry).body ?? {},
  }
  return (
    <>
      {isDryRun(entry) && <span className="muted">plan: </span>}
      {sentence(facts)}
    </>
  )
}

export function Result({ entry: { status, code } }: { entry: AuditEntry }) {
  if (code !== null)
    return (
      <a className="bad" href={`/docs/problems/${encodeURIComponent(code)}`}>
        <ExternalText text={code} />
      </a>
    )
  return status === null ? 'in progress' : 'done'
}
