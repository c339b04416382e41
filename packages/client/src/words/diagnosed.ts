/** The sentence of a service with its diagnosis: one for the page of the service and for lists, which read less. */
import type { Diagnosis, Service, ServiceDeployment } from '../resources.ts'
import { duration } from './duration.ts'
import { type Sentence, type ServiceState, serviceSentence } from './service.ts'
import { verdictOfDiagnosis, verdictOfState } from './verdict.ts'

/**
 * After a rollback by ECS all tasks run, and a list reads no deployments: the diagnosis then says what failed, since it
 * also reads events. The detail of a sentence that has none is the first other cause
 * that explains the failure, before those that only describe it.
 * @param deployments the deployments of the service, newest first; a list has none
 * @param diagnosis undefined for a service that is not among the unhealthy ones of its account
 * @param now milliseconds since 1970
 */
export function diagnosedSentence(
  service: Service,
  deployments: readonly ServiceDeployment[],
  diagnosis: Pick<Diagnosis, 'status' | 'causes'> | undefined,
  now: number,
): Sentence<ServiceState> {
  const sentence = serviceSentence(service, deployments, now)
  const causes = diagnosis?.causes.filter(({ severity }) => severity !== 'expected') ?? []
  const others = causes.filter(({ code }) => code !== 'DeploymentFailed')
  const explaining = others.find(({ code }) => !/^(StartBackOff|TasksFailing|TasksDoNotStay)$/.test(code))
  // The counts of failed tasks stand in the sentence already.
  const consequence = others.find(({ code }) => code === 'StartBackOff' || sentence.state !== 'failing')
  const detail = sentence.detail ?? (explaining ?? consequence)?.summary
  const isFailing = diagnosis !== undefined && verdictOfDiagnosis(diagnosis.status) === 'failed'
  if (!isFailing || verdictOfState(sentence.state) !== 'ok') return { ...sentence, detail }
  const failure = causes.find(({ code }) => code === 'DeploymentFailed')
  const since = failure?.evidence.find(({ at }) => at)?.at
  const time = duration(now - Date.parse(since ?? ''))
  const { runningCount, desiredCount } = service
  const text = failure
    ? failure.summary.replace(' failed', time && `$& ${time} ago`)
    : `${runningCount} of ${desiredCount} ${desiredCount === 1 ? 'task' : 'tasks'} running.`
  return { state: failure ? 'rolled-back' : 'failed', text, detail, since }
}
