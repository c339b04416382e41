/**
 * The sentence of a service in a list: that of its page, where the diagnosis of the account has what the page reads.
 */
import type { Service } from '@ecs-api/client'
import { diagnosedSentence, type Sentence, type ServiceState } from '@ecs-api/client/words'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { gatewayNow } from '../live/clock.ts'
import { diagnosisQuery } from '../live/queries.ts'

/** Returns the sentence of each service of the account, at a time in milliseconds since 1970, or now. */
export function useListedSentence(account: string): (service: Service, now?: number) => Sentence<ServiceState> {
  const { data } = useQuery(diagnosisQuery(account))
  return useMemo(() => {
    const diagnoses = new Map((data?.services ?? []).map((each) => [`${each.cluster}/${each.service}`, each]))
    return (service, now = gatewayNow()) =>
      diagnosedSentence(service, [], diagnoses.get(`${service.cluster}/${service.name}`), now)
  }, [data])
}
