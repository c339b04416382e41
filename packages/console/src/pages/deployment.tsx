/** The page of one deployment: its status, stages and failed tasks. */
import type { ServiceDeployment } from '@ecs-api/client'
import { deploymentSentence } from '@ecs-api/client/words'
import { Fragment, useState } from 'react'
import { Link } from 'wouter'
import { serviceActions, servicePath } from '../actions.ts'
import { ServiceDialog } from '../dialogs/service-dialog.tsx'
import { Facts, maxFactLength } from '../facts/facts.tsx'
import { useDeployment, useMe, useReleases, useService } from '../live/queries.ts'
import { ActionButton } from '../parts/action-button.tsx'
import { Commands } from '../parts/copy.tsx'
import { curlCommand } from '../parts/curl-command.ts'
import { DefinitionLink } from '../parts/definition-link.tsx'
import { deployedRelease } from '../parts/deployed-release.ts'
import { FailedRelease } from '../parts/failed-release.tsx'
import { ImagesOfRelease } from '../parts/image-name.tsx'
import { LoadingOrProblem } from '../parts/loading-or-problem.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { PrintableText } from '../parts/printable-text.tsx'
import { shellWord } from '../parts/shell-command.ts'
import { StatusSentence } from '../parts/status-sentence.tsx'
import { StepList } from '../parts/step-list.tsx'
import { Ago, useNextStepSentence, useNow } from '../parts/time.tsx'
import { paths } from '../paths.ts'
import { healthyText, stagesOf } from './deployment-stages.ts'
import { FailedTasks } from './failed-tasks.tsx'
import { timeTaken, toneOfDeployment } from './service-deployments.tsx'

export default function DeploymentPage({
  account,
  cluster,
  service: name,
  id,
}: {
  account: string
  cluster: string
  service: string
  id: string
}) {
  const query = useDeployment(account, cluster, name, id)
  const service = useService(account, cluster, name).data
  const me = useMe()
  const now = useNow()
  const [action, setAction] = useState<string>()
  const deployment = query.data
  const nextStep = useNextStepSentence(deployment)
  const actions = serviceActions({
    me,
    service,
    newestDeployment: deployment,
    releases: undefined,
    isFailing: false,
  }).filter(({ id }) => ['rollback', 'stop-deployment', 'continue'].includes(id))
  const releases = useReleases(account, cluster, name).data ?? []
  const release = deployment && deployedRelease(deployment, releases)
  const previousRelease = releases.find(({ arn }) => arn === deployment?.sourceServiceRevisions?.[0]?.arn)
  const breaker = deployment?.deploymentCircuitBreaker
  return (
    <>
      <PageHead
        crumbs={[
          [account, paths.services(account)],
          [cluster, paths.cluster(account, cluster)],
          [name, paths.service(account, cluster, name)],
          ['Deployments', paths.serviceTab(account, cluster, name, 'deployments')],
        ]}
        title={`Deployment ${id.slice(0, 8)}`}
      >
        {deployment &&
          actions.map((each) => <ActionButton key={each.id} action={each} onPress={() => setAction(each.id)} />)}
      </PageHead>
      {!deployment && (
        <LoadingOrProblem
          query={query}
          subject="the deployment"
          list={['All deployments', paths.serviceTab(account, cluster, name, 'deployments')]}
        />
      )}
      {deployment && (
        <>
          <StatusSentence
            tone={toneOfDeployment(deployment)}
            text={deploymentSentence(deployment, now)}
            detail={nextStep}
          />
          <StepList label="Stages" steps={stagesOf(deployment)} />
          <div className="beside">
            <FailedTasks account={account} cluster={cluster} deployment={deployment}>
              {release && (
                <FailedRelease
                  account={account}
                  cluster={cluster}
                  service={name}
                  release={release}
                  releases={releases}
                />
              )}
            </FailedTasks>
            <Facts
              title="Facts"
              groups={[
                [
                  [
                    'New tasks running',
                    /^(PENDING|IN_PROGRESS)$/.test(deployment.status) &&
                      deployment.targetServiceRevision.requestedTaskCount > 0 &&
                      `${deployment.targetServiceRevision.runningTaskCount} of ${deployment.targetServiceRevision.requestedTaskCount}${healthyText(deployment)}`,
                  ],
                  ['Circuit breaker', breaker && breakerProgress(breaker)],
                  [
                    'Traffic',
                    deployment.targetServiceRevision.requestedProductionTrafficWeight !== undefined &&
                      `${deployment.targetServiceRevision.requestedProductionTrafficWeight} % to the new tasks`,
                  ],
                ],
                [
                  [
                    'Release',
                    release && (
                      <Fragment key="release">
                        {release.release}{' '}
                        {previousRelease && previousRelease.release !== release.release && (
                          <Link href={paths.diff(account, cluster, name, previousRelease.release, release.release)}>
                            Compare<span className="visually-hidden"> with release {previousRelease.release}</span>
                          </Link>
                        )}
                      </Fragment>
                    ),
                  ],
                  ['Task definition', release && <DefinitionLink account={account} name={release.taskDefinition} />],
                  ['Images', release && <ImagesOfRelease release={release} maxLength={maxFactLength} />],
                ],
                [
                  ['Requested', <Ago key="created" at={deployment.createdAt} />],
                  ['Took', deployment.status !== 'SUCCESSFUL' && timeTaken(deployment)],
                  [
                    'Id',
                    <code key="id">
                      <PrintableText text={deployment.id} />
                    </code>,
                  ],
                ],
              ]}
            />
          </div>
          <Commands
            cli={`ecs-api deployments get ${shellWord(`${account}/${cluster}/${name}`)} ${shellWord(id)}`}
            curl={curlCommand('GET', servicePath(account, cluster, name, 'deployments', id))}
          />
          {action && service && (
            <ServiceDialog
              action={action}
              account={account}
              service={service}
              newestDeployment={deployment}
              onClose={() => setAction(undefined)}
            />
          )}
        </>
      )}
    </>
  )
}

function breakerProgress({
  status,
  failureCount,
  threshold,
}: NonNullable<ServiceDeployment['deploymentCircuitBreaker']>) {
  if (status === undefined) return undefined
  if (status === 'DISABLED') return 'off'
  return `${status === 'TRIGGERED' ? 'triggered' : 'on'}: ${failureCount} failures, limit ${threshold}`
}
