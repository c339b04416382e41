/** The causes that the gateway has found: the first one in full, with its evidence, last log lines and next steps. */
import type { Cause, Diagnosis } from '@ecs-api/client'
import { Link } from 'wouter'
import { decodeSegment, paths } from '../paths.ts'
import { ExternalText } from './external-text.tsx'

/** The causes that are not part of normal operation; `detailOf` has the others. */
export const problemsIn = (diagnosis: Diagnosis | undefined) =>
  (diagnosis?.causes ?? []).filter(({ severity }) => severity !== 'expected')

/** The line below a sentence. Where something is wrong, the causes say more than ECS's reason. */
export function detailOf(diagnosis: Diagnosis | undefined, reason: string | undefined): string | undefined {
  return problemsIn(diagnosis).length > 0 ? undefined : (reason ?? diagnosis?.causes[0]?.summary)
}

/** @param isRolledBack the sentence of the page says already that the deployment failed */
export function Why({ diagnosis, isRolledBack = false }: { diagnosis: Diagnosis | undefined; isRolledBack?: boolean }) {
  const [first, ...more] = problemsIn(diagnosis)
  if (!diagnosis || !first) return null
  const others = more.filter(({ code }) => !(isRolledBack && code === 'DeploymentFailed'))
  return (
    <section className="panel stack why" aria-label="Why">
      <CauseText cause={first} notChecked={diagnosis.notChecked} />
      {others.length > 0 && (
        <details>
          <summary>
            {others.length} more {others.length === 1 ? 'cause' : 'causes'}:{' '}
            <ExternalText text={others.map(({ summary }) => summary).join(' ')} />
          </summary>
          <div className="stack">
            {others.map((cause) => (
              <CauseText key={cause.code + cause.summary} cause={cause} notChecked={[]} />
            ))}
          </div>
        </details>
      )}
    </section>
  )
}

/** ECS's words for tasks of which a container's exit code or reason says more. */
const saysNothing = /^(EssentialContainerExited: )?Essential container in task exited\.?$|^TaskFailedToStart$/
const maxEvidence = 3

export function CauseText({ cause, notChecked }: { cause: Cause; notChecked: Diagnosis['notChecked'] }) {
  const texts = cause.evidence.filter(({ kind }) => kind !== 'log').map(({ text }) => text)
  const evidence = [...new Set(texts)].filter(
    (text) => !saysNothing.test(text) && !cause.summary.includes(text.replace(/\.$/, '')),
  )
  const log = cause.evidence.find(({ kind }) => kind === 'log')
  const noLog = notChecked.find(({ check }) => check.startsWith('last lines of'))
  // Without lines there is nothing to read.
  const next = noLog ? cause.next.filter(({ text }) => !/last log lines/.test(text)) : cause.next
  return (
    <div className="stack">
      <h2>
        <ExternalText text={cause.summary} />
      </h2>
      {evidence.slice(0, maxEvidence).map((text) => (
        <pre key={text}>
          <ExternalText text={text} />
        </pre>
      ))}
      {log && <LastLines text={log.text} resource={log.resource} />}
      {!log && noLog && (
        <p className="muted">
          No log lines: <ExternalText text={noLog.reason} />
        </p>
      )}
      {next.length > 0 && (
        <ul>
          {next.map((step) => (
            <li key={step.text}>
              <Step text={step.text} />
            </li>
          ))}
        </ul>
      )}
      <p>
        <a href={cause.docs}>
          More on <ExternalText text={cause.code} />
        </a>
      </p>
    </div>
  )
}

/** @param resource path of the task's log in the API */
function LastLines({ text, resource = '' }: { text: string; resource: string | undefined }) {
  const path = /^\/v1\/ecs\/([^/]+)\/clusters\/([^/]+)\/tasks\/([^/]+)\/logs/.exec(resource)
  const [account = '', cluster = '', task = ''] = (path ?? []).slice(1).map(decodeSegment)
  return (
    <div className="stack tight">
      <span className="muted">
        Last lines{' '}
        {path && (
          <>
            of{' '}
            <Link href={`${paths.task(account, cluster, task)}#logs`}>
              task <ExternalText text={task.slice(0, 8)} />
            </Link>
          </>
        )}
      </span>
      <pre className="last-lines">
        <ExternalText text={text} />
      </pre>
    </div>
  )
}

/** A next step. What stands between backticks is code. */
function Step({ text }: { text: string }) {
  return text.split('`').map((part, i) =>
    i % 2 === 0 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never move
      <ExternalText key={i} text={part} />
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never move
      <code key={i}>
        <ExternalText text={part} />
      </code>
    ),
  )
}
