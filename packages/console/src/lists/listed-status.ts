/**
 * The status of a service in a list: the sentence made from its counts. Where that sentence reports no trouble but the
 * diagnosis of the account does, since it also reads events, the status is the summary of the diagnosis.
 */
import type { Service } from '@ecs-api/client'
import { serviceSentence } from '@ecs-api/client/words'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { gatewayNow } from '../live/clock.ts'
import { diagnosisQuery } from '../live/queries.ts'
import { type Tone, toneOfDiagnosis, toneOfService } from '../parts/status.tsx'

/** A list reads no deployments. The sentence then uses the member `deployments` of the service. */
const noDeployments = [] as const

export interface ListedStatus {
  tone: Tone
  /** The summary of the diagnosis; undefined for the sentence of the service. */
  summary?: string
}

/** Returns the status of each service of the account. */
export function useListedStatus(account: string): (service: Service) => ListedStatus {
  const { data } = useQuery(diagnosisQuery(account))
  return useMemo(() => {
    const diagnoses = new Map((data?.services ?? []).map((each) => [`${each.cluster}/${each.service}`, each]))
    return (service) => {
      const tone = toneOfService(serviceSentence(service, noDeployments, gatewayNow()).state)
      const diagnosis = diagnoses.get(`${service.cluster}/${service.name}`)
      const isDiagnosedBad = diagnosis !== undefined && toneOfDiagnosis(diagnosis.status) === 'bad'
      return tone === 'ok' && isDiagnosedBad ? { tone: 'bad', summary: diagnosis.summary } : { tone }
    }
  }, [data])
}
