/** The verdict (one word) for the state of a service, and for the status of a diagnosis by the gateway. */
import type { Diagnosis } from '../resources.ts'
import type { ServiceState } from './service.ts'

export type Verdict = 'ok' | 'waiting' | 'failed'

const verdictByState: Readonly<Partial<Record<ServiceState, Verdict>>> = {
  steady: 'ok',
  'scaled-to-zero': 'ok',
  down: 'failed',
  unstable: 'failed',
  failed: 'failed',
  failing: 'failed',
  'rolled-back': 'failed',
  'rollback-failed': 'failed',
  'rolling-back': 'failed',
}

const verdictByStatus: Readonly<Partial<Record<Diagnosis['status'], Verdict>>> = {
  healthy: 'ok',
  degraded: 'failed',
  failing: 'failed',
}

export function verdictOfState(state: ServiceState): Verdict {
  return verdictByState[state] ?? 'waiting'
}

export function verdictOfDiagnosis(status: Diagnosis['status']): Verdict {
  return verdictByStatus[status] ?? 'waiting'
}
