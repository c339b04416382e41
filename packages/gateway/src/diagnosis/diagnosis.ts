/** A diagnosis: why a task or service is not healthy, with the evidence. */
import type { Account } from '../aws/account.ts'
import type { StoppedContainer } from '../logs/last-lines.ts'
import type { Cause } from './cause.ts'

export type Status = 'healthy' | 'progressing' | 'degraded' | 'failing' | 'unknown'

/** A fact that supports a cause: a text of ECS or of the program, unchanged. */
export interface Evidence {
  kind: 'event' | 'task' | 'container' | 'log' | 'check' | 'deployment' | 'target'
  /** ISO 8601. */
  at?: string | undefined
  text: string
  /** The path of the resource in this API. */
  resource?: string
}

/** A cause that was found, with its evidence. */
export interface Finding {
  cause: Cause
  summary: string
  evidence: Evidence[]
  /** A container whose last lines may show the cause. */
  loggedContainer?: StoppedContainer & { path: string }
  /** The task definition, whose health checks may be the cause, and the unhealthy containers where they are known. */
  healthCheck?: { taskDefinition: string; unhealthyContainers: string[] }
}

/** A check that was not made, with the reason. */
export interface NotChecked {
  check: string
  reason: string
}

export interface Diagnosis {
  status: Status
  summary: string
  causes: {
    code: string
    severity: Cause['severity']
    summary: string
    evidence: Evidence[]
    next: { text: string; request?: string }[]
    retryable: boolean
    docs: string
  }[]
  notChecked: NotChecked[]
}

interface DiagnosisContents {
  status: Status
  summary: string
  findings?: readonly Finding[]
  notChecked?: readonly NotChecked[]
}

const severityRanks: Readonly<Record<Cause['severity'], number>> = { error: 0, warning: 1, expected: 2 }

/**
 * Causes that are themselves consequences of other causes. They are sorted after other causes of the same severity,
 * because only the original cause can be mended.
 */
const consequences = new Set(['DeploymentFailed', 'StartBackOff', 'TasksFailing'])

/**
 * Returns a diagnosis in the form of the API, with the causes sorted by severity. Within a severity, `findings` must
 * have the most likely cause first.
 */
export function toDiagnosis(
  { mode, runtime }: Pick<Account, 'mode' | 'runtime'>,
  { status, summary, findings = [], notChecked = [] }: DiagnosisContents,
): Diagnosis {
  const rank = ({ cause }: Finding) => severityRanks[cause.severity] * 2 + (consequences.has(cause.code) ? 1 : 0)
  return {
    status,
    summary,
    causes: [...findings]
      .sort((a, b) => rank(a) - rank(b))
      .map(({ cause, summary, evidence }) => ({
        code: cause.code,
        severity: cause.severity,
        summary,
        evidence,
        next: ((mode === 'local' ? cause.nextForLocalAccounts : undefined) ?? cause.next).map((text) => ({
          text: runtime === 'podman' ? text.replaceAll('`docker ', '`podman ') : text,
        })),
        retryable: cause.retryable,
        docs: `/docs/causes/${cause.code}`,
      })),
    notChecked: [...notChecked],
  }
}
