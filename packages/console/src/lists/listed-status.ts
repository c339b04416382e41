/**
 * The sentence of a service in a list: that of its page, where the diagnosis of the account has what the page reads.
 */
import type { Service } from '@ecs-api/client'
import { diagnosedSentence, type Sentence, type ServiceState, verdictOfDiagnosis } from '@ecs-api/client/words'
import { useQueries, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { gatewayNow } from '../live/clock.ts'
import { diagnosisQuery, maxServiceDiagnoses, serviceDiagnosisQuery } from '../live/queries.ts'

/** Returns the sentence of each service of the account, at a time in milliseconds since 1970, or now. */
export function useListedSentence(account: string): (service: Service, now?: number) => Sentence<ServiceState> {
  const { data } = useQuery(diagnosisQuery(account))
  const failing = useMemo(
    () => (data?.services ?? []).filter(({ status }) => verdictOfDiagnosis(status) === 'failed'),
    [data],
  )
  // The diagnosis of the account does not read the tasks, which have the causes.
  const causesOfTasks = useQueries({
    queries: failing
      .slice(0, maxServiceDiagnoses)
      .map(({ cluster, service }) => serviceDiagnosisQuery(account, cluster, service, 60_000)),
    combine: (results) => results.map((result) => result.data?.causes),
  })
  return useMemo(() => {
    const diagnoses = new Map((data?.services ?? []).map((each) => [`${each.cluster}/${each.service}`, each]))
    for (const [i, each] of failing.entries())
      diagnoses.set(`${each.cluster}/${each.service}`, { ...each, causes: causesOfTasks[i] ?? each.causes })
    return (service, now = gatewayNow()) =>
      diagnosedSentence(service, [], diagnoses.get(`${service.cluster}/${service.name}`), now)
  }, [data, failing, causesOfTasks])
}
