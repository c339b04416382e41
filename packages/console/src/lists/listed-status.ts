/**
 * The sentence of a service in a list: that of its page, where the diagnosis of the account has what the page reads.
 */
import type { Service } from '@ecs-api/client'
import { diagnosedSentence, type Sentence, type ServiceState, verdictOfDiagnosis } from '@ecs-api/client/words'
import { useQueries, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { gatewayNow } from '../live/clock.ts'
import { currentDeploymentQuery } from '../live/newest-deployments.ts'
import { diagnosisQuery, maxServicesReadAlone, serviceDiagnosisQuery } from '../live/queries.ts'

const nameOf = ({ cluster, service }: { cluster: string; service: string }) => `${cluster}/${service}`

/** Returns the sentence of each service of the account, at a time in milliseconds since 1970, or now. */
export function useListedSentence(account: string): (service: Service, now?: number) => Sentence<ServiceState> {
  const { data } = useQuery(diagnosisQuery(account))
  const services = data?.services
  const failing = useMemo(
    () => (services ?? []).filter(({ status }) => verdictOfDiagnosis(status) === 'failed'),
    [services],
  )
  const deploying = useMemo(
    () => (services ?? []).filter(({ status }) => status === 'progressing').slice(0, maxServicesReadAlone),
    [services],
  )
  // The diagnosis of the account does not read the tasks, which have the causes.
  const causesOfTasks = useQueries({
    queries: failing
      .slice(0, maxServicesReadAlone)
      .map(({ cluster, service }) => serviceDiagnosisQuery(account, cluster, service, 60_000)),
    combine: (results) => results.map((result) => result.data?.causes),
  })
  // Only the deployment tells that it waits at a hook.
  const deployments = useQueries({
    queries: deploying.map(({ cluster, service }) => currentDeploymentQuery(account, cluster, service)),
    combine: (results) => results.map((result) => result.data ?? []),
  })
  return useMemo(() => {
    const diagnoses = new Map((services ?? []).map((each) => [nameOf(each), each]))
    for (const [i, each] of failing.entries())
      diagnoses.set(nameOf(each), { ...each, causes: causesOfTasks[i] ?? each.causes })
    const deploymentsOf = new Map(deploying.map((each, i) => [nameOf(each), deployments[i]]))
    return (service, now = gatewayNow()) => {
      const name = `${service.cluster}/${service.name}`
      return diagnosedSentence(service, deploymentsOf.get(name) ?? [], diagnoses.get(name), now)
    }
  }, [services, failing, causesOfTasks, deploying, deployments])
}
