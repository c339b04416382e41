/**
 * The panel of a diagnosis: the first cause with its evidence, last log lines and next steps, then the other causes.
 */
import type { Cause, Diagnosis } from '@ecs-api/client'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { useIsNarrow } from '../live/narrow.ts'
import { decodeSegment, paths } from '../paths.ts'
import { PrintableText } from './printable-text.tsx'
import { TextWithCode } from './text-with-code.tsx'

/** The causes of a diagnosis that are not part of normal operation. */
export const unexpectedCauses = (diagnosis: Diagnosis | undefined) =>
  (diagnosis?.causes ?? []).filter(({ severity }) => severity !== 'expected')

/**
 * The line below the status sentence of a page: ECS's reason, or the first cause. Undefined when there
 * are unexpected causes, because `Causes` then shows them.
 */
export function detailBelowStatus(
  diagnosis: Diagnosis | undefined,
  reason: string | undefined,
  nextStep?: string,
): string | undefined {
  if (unexpectedCauses(diagnosis).length > 0) return undefined
  const sentences = [reason, nextStep].flatMap((text) => (text ? asSentence(text) : []))
  return sentences.join(' ') || asSentence(diagnosis?.causes[0]?.summary ?? '')
}

/** A step of a deployment, which the gateway also puts into sentences of its own, begins with a small letter. */
const asSentence = (text: string) =>
  text && `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`

/** As a ref: at first, the last lines are shown. */
function scrollToEnd(element: HTMLElement | null): void {
  if (element) element.scrollTop = element.scrollHeight
}

export function Causes({
  diagnosis,
  isFailureStated = false,
  isFolded = false,
  children,
}: {
  diagnosis: Diagnosis | undefined
  /** Whether the status sentence of the page already says that the deployment failed. */
  isFailureStated?: boolean
  /** Whether only the first line is shown until somebody opens the rest. */
  isFolded?: boolean
  /** Shown with the first cause. */
  children?: ReactNode
}) {
  const [first, ...more] = unexpectedCauses(diagnosis)
  if (!diagnosis || !first) return null
  const others = more.filter(({ code }) => !(isFailureStated && code === 'DeploymentFailed'))
  const rest = (
    <div className="stack">
      <CauseDetails cause={first} notChecked={diagnosis.notChecked}>
        {children}
      </CauseDetails>
      {others.length > 0 && (
        <details>
          <summary>
            {others.length} more {others.length === 1 ? 'cause' : 'causes'}:{' '}
            <PrintableText text={others.map(({ summary }) => summary).join(' ')} />
          </summary>
          <div className="stack">
            {others.map((cause) => (
              <CauseText key={cause.code + cause.summary} cause={cause} notChecked={[]} />
            ))}
          </div>
        </details>
      )}
    </div>
  )
  const title = (
    <h2>
      <PrintableText text={first.summary} />
    </h2>
  )
  return (
    <section className="panel stack why" aria-label="Why">
      {isFolded ? (
        <details>
          <summary>{title}</summary>
          {rest}
        </details>
      ) : (
        <>
          {title}
          {rest}
        </>
      )}
    </section>
  )
}

/** Texts of ECS that add nothing to the exit code or the reason of a container. */
const uninformativeText = /^(EssentialContainerExited: )?Essential container in task exited\.?$|^TaskFailedToStart$/
const maxEvidence = 3

interface CauseProps {
  cause: Cause
  notChecked: Diagnosis['notChecked']
  children?: ReactNode
}

export function CauseText(props: CauseProps) {
  return (
    <div className="stack">
      <h2>
        <PrintableText text={props.cause.summary} />
      </h2>
      <CauseDetails {...props} />
    </div>
  )
}

function CauseDetails({ cause, notChecked, children }: CauseProps) {
  const texts = cause.evidence.filter(({ kind }) => kind !== 'log').map(({ text }) => text)
  const evidence = [...new Set(texts)].filter(
    (text) => !uninformativeText.test(text) && !cause.summary.includes(text.replace(/\.$/, '')),
  )
  const log = cause.evidence.find(({ kind }) => kind === 'log')
  const noLog = notChecked.find(({ check }) => check.startsWith('last lines of'))
  return (
    <>
      {evidence.slice(0, maxEvidence).map((text) => (
        <pre key={text}>
          <PrintableText text={text} />
        </pre>
      ))}
      {log && <LastLines text={log.text} logPath={log.resource} />}
      {!log && noLog && (
        <p className="muted">
          No log lines: <TextWithCode text={noLog.reason} />
        </p>
      )}
      {cause.next.length > 0 && <NextSteps steps={cause.next} />}
      <div className="row">
        {children}
        <a href={cause.docs} target="_blank" rel="noopener">
          More on <PrintableText text={cause.code} />
          <span className="visually-hidden"> (in a new tab)</span>
        </a>
      </div>
    </>
  )
}

/** On a phone they are folded, so that the first task is in sight, too. */
function NextSteps({ steps }: { steps: Cause['next'] }) {
  const list = (
    <ul>
      {steps.map(({ text }) => (
        <li key={text}>
          <TextWithCode text={text} />
        </li>
      ))}
    </ul>
  )
  if (!useIsNarrow()) return list
  return (
    <details>
      <summary>What to do</summary>
      {list}
    </details>
  )
}

/** @param logPath the path of the task's log in the API, which names account, cluster and task */
function LastLines({ text, logPath = '' }: { text: string; logPath: string | undefined }) {
  const path = /^\/v1\/ecs\/([^/]+)\/clusters\/([^/]+)\/tasks\/([^/]+)\/logs/.exec(logPath)
  const [account = '', cluster = '', task = ''] = (path ?? []).slice(1).map(decodeSegment)
  return (
    <div className="stack tight">
      <span className="muted">
        Last lines{' '}
        {path && (
          <>
            of{' '}
            <Link href={paths.taskLog(account, cluster, task)}>
              task <PrintableText text={task.slice(0, 8)} />
            </Link>
          </>
        )}
      </span>
      <pre className="last-lines" ref={scrollToEnd}>
        <PrintableText text={text} />
      </pre>
    </div>
  )
}
