/** The panel beside a service's page: its present state, where its tasks answer, and its settings. */
import type { Release, Service, ServiceDeployment, Task } from '@ecs-api/client'
import { Link } from 'wouter'
import { type Fact, Facts, maxFactLength } from '../facts/facts.tsx'
import { TagLines } from '../facts/tag-lines.tsx'
import { breakerText } from '../facts/words.ts'
import { tagsIn } from '../forms/tag-values.ts'
import { useTaskDefinition } from '../live/queries.ts'
import { DefinitionLink } from '../parts/definition-link.tsx'
import { HealthCheckFact } from '../parts/health-check.tsx'
import { ImageName, nameOfImage, withoutMiddle } from '../parts/image-name.tsx'
import { SimulatedFact, useIsSimulatedAccount } from '../parts/simulated.tsx'
import { isUnfinished } from '../parts/status.tsx'
import { addressesOf } from '../parts/task-address.tsx'
import { taskSize } from '../parts/task-size.ts'
import { Ago } from '../parts/time.tsx'
import { paths } from '../paths.ts'

/** The characters of a container's name that fit in a line of the labels. */
const maxLabelLength = 14

/** The label of the time when the newest deployment was requested. */
function deployedLabel(newest: ServiceDeployment | undefined): string {
  if (newest && isUnfinished(newest)) return 'Deploying'
  return newest === undefined || newest.status === 'SUCCESSFUL' ? 'Deployed' : 'Last deployment'
}

/**
 * The running tasks. While a deployment replaces tasks, there are more than desired, so the old ones are counted apart.
 */
function runningText({ deployments, runningCount, desiredCount }: Service): string {
  const newCount = deployments.find(({ status }) => status === 'PRIMARY')?.runningCount ?? runningCount
  const oldCount = runningCount - newCount
  return deployments.length > 1 && oldCount > 0
    ? `${newCount} new and ${oldCount} old, ${desiredCount} desired`
    : `${runningCount} of ${desiredCount} desired`
}

export function ServiceNow({
  account,
  service,
  tasks,
  releases = [],
  newestDeployment,
}: {
  account: string
  service: Service
  tasks: readonly Task[]
  releases: readonly Release[] | undefined
  newestDeployment: ServiceDeployment | undefined
}) {
  const definition = useTaskDefinition(account, service.taskDefinition ?? '').data
  const isSimulated = useIsSimulatedAccount(account)
  const currentRelease = releases.find(({ isCurrent }) => isCurrent)
  const containers = definition?.containerDefinitions ?? []
  // In the other network modes ECS maps the ports to ports of the instance.
  const ports =
    definition?.networkMode === 'awsvpc'
      ? containers.flatMap(({ portMappings }) => portMappings.flatMap(({ containerPort }) => containerPort ?? []))
      : []
  const tags = tagsIn(service.tags)
  const setting = (value: string, subject: string) => (
    <>
      {value}{' '}
      <Link href={paths.serviceAction(account, service.cluster, service.name, 'settings')}>
        Change…<span className="visually-hidden"> {subject}</span>
      </Link>
    </>
  )
  return (
    <Facts
      title="Now"
      groups={[
        [
          ['Running', runningText(service)],
          ['Starting', service.pendingCount > 0 && String(service.pendingCount)],
          [
            'Task definition',
            service.taskDefinition && <DefinitionLink account={account} name={service.taskDefinition} />,
          ],
          [
            'Release',
            currentRelease &&
              `${currentRelease.release}${currentRelease.restoredFrom === null ? '' : `, restores release ${currentRelease.restoredFrom}`}`,
          ],
          ...containers.map(
            ({ name: container, image }): Fact => [
              containers.length > 1 ? `Image of ${withoutMiddle(container ?? '', maxLabelLength)}` : 'Image',
              <ImageName
                key={container}
                image={
                  currentRelease && currentRelease.taskDefinition === service.taskDefinition
                    ? nameOfImage(currentRelease, container)
                    : image
                }
                pinnedImage={image}
                maxLength={maxFactLength}
              />,
            ],
          ),
          ['Size', definition && taskSize(definition)],
          [
            deployedLabel(newestDeployment),
            <Ago
              key="deployed"
              at={newestDeployment?.createdAt ?? service.deployments[0]?.createdAt}
              goesOn={newestDeployment !== undefined && isUnfinished(newestDeployment)}
            />,
          ],
          ['Address', addressesOf(tasks, ports)],
          ['Containers', isSimulated && <SimulatedFact key="simulated" />],
        ],
        [
          ['Health check', definition && <HealthCheckFact account={account} definition={definition} />],
          [
            'Circuit breaker',
            setting(breakerText(service.deploymentConfiguration?.deploymentCircuitBreaker), 'the circuit breaker'),
          ],
          ['Terminals', setting(service.enableExecuteCommand ? 'on' : 'off', 'terminals')],
          ['Tags', Object.keys(tags).length > 0 && <TagLines key="tags" tags={tags} />],
          ['Created', <Ago key="created" at={service.createdAt} />],
        ],
      ]}
    />
  )
}
