import { type ReactNode, useState } from 'react'
import { useLocation } from 'wouter'
import { apiPath, changeNotPermittedReason } from '../actions.ts'
import { useMe, useServices, useTaskDefinition, useTaskDefinitions } from '../live/queries.ts'
import { ActionButton } from '../parts/action-button.tsx'
import { ChangeDialog } from '../parts/change-dialog.tsx'
import { Commands, CopyButton, curlCommand, shellWord } from '../parts/copy.tsx'
import { DeployDialog } from '../parts/deploy-dialog.tsx'
import { ExternalText } from '../parts/external-text.tsx'
import { Facts } from '../parts/facts.tsx'
import { LoadingOrProblem } from '../parts/loading-or-problem.tsx'
import { PageHead } from '../parts/page.tsx'
import { taskSize } from '../parts/task-size.ts'
import { Ago } from '../parts/time.tsx'
import { paths } from '../paths.ts'
import { Revisions } from './revisions.tsx'

/**
 * The page of one task definition revision: its containers, the services to deploy it to, and its family's revisions.
 */
export default function TaskDefinitionPage({ account, name }: { account: string; name: string }) {
  const query = useTaskDefinition(account, name)
  const family = name.split(':')[0]!
  const revisions = (useTaskDefinitions(account).data ?? []).filter((each) => each.family === family)
  const allServices = useServices(account).data
  const services = (allServices ?? []).filter(({ taskDefinition }) => taskDefinition?.startsWith(`${family}:`))
  const me = useMe()
  const [, navigate] = useLocation()
  const [isDeregistering, setDeregistering] = useState(false)
  const [deployTargetArn, setDeployTargetArn] = useState<string>()
  const definition = query.data
  const notPermittedReason = changeNotPermittedReason(me)
  const inactiveReason = definition && definition.status !== 'ACTIVE' ? `${definition.name} is not active.` : undefined
  const otherServices = services.filter(({ taskDefinition }) => definition && taskDefinition !== definition.name)
  const isNewest = definition !== undefined && revisions.every(({ revision }) => revision <= definition.revision)
  const isDeployFirst = isNewest && otherServices.length === 1
  const isCreateFirst = isNewest && allServices !== undefined && services.length === 0
  const deployTarget = services.find(({ arn }) => arn === deployTargetArn)
  return (
    <>
      <PageHead
        crumbs={[
          [account, paths.services(account)],
          ['Task definitions', paths.taskDefinitions(account)],
        ]}
        title={definition?.name || name}
      >
        {otherServices.map((each) => (
          <ActionButton
            key={each.arn}
            action={{
              id: `deploy-${each.name}`,
              label: `Deploy to ${each.cluster}/${each.name}…`,
              disabledReason: notPermittedReason ?? inactiveReason,
              isPrimary: isDeployFirst,
            }}
            onPress={() => setDeployTargetArn(each.arn)}
          />
        ))}
        <ActionButton
          action={{
            id: 'new',
            label: 'Create a service…',
            disabledReason: notPermittedReason ?? inactiveReason,
            isPrimary: isCreateFirst,
          }}
          onPress={() => navigate(paths.newService(account, { taskDefinition: definition?.name ?? name }))}
        />
        <ActionButton
          action={{
            id: 'edit',
            label: 'Edit as a new revision…',
            disabledReason: notPermittedReason,
            isPrimary: !isDeployFirst && !isCreateFirst,
          }}
          onPress={() => navigate(paths.newTaskDefinition(account, definition?.name ?? name))}
        />
        <ActionButton
          action={{
            id: 'deregister',
            label: 'Deregister…',
            disabledReason: notPermittedReason ?? inactiveReason,
            isDangerous: true,
          }}
          onPress={() => setDeregistering(true)}
        />
      </PageHead>
      {!definition && <LoadingOrProblem query={query} subject={name} />}
      {definition && (
        <div className="beside">
          <div className="stack">
            <Revisions
              account={account}
              family={family}
              shownName={definition.name}
              revisions={revisions}
              services={services}
              notPermittedReason={notPermittedReason}
            />
            <div className="row">
              <h2>Document</h2>
              <CopyButton text={JSON.stringify(definition, null, 2)} />
            </div>
            <pre className="panel">
              <ExternalText text={JSON.stringify(definition, null, 2)} />
            </pre>
          </div>
          <Facts
            title="Facts"
            facts={[
              ['Status', definition.status.toLowerCase()],
              ['Registered', <Ago key="registered" at={definition.registeredAt} />],
              ['Size', taskSize(definition)],
              ...definition.containerDefinitions.map(({ name: container, image }): [string, ReactNode] => [
                `Image of ${container}`,
                <code key={container}>
                  <ExternalText text={image} />
                </code>,
              ]),
              ['Execution role', roleName(definition.executionRoleArn)],
              ['Task role', roleName(definition.taskRoleArn)],
              ...definition.containerDefinitions.map(({ name: container, logConfiguration }): [string, ReactNode] => [
                `Log of ${container}`,
                <ExternalText
                  key={container}
                  text={logConfiguration?.options?.['awslogs-group'] ?? logConfiguration?.logDriver ?? 'none'}
                />,
              ]),
            ]}
          />
        </div>
      )}
      <Commands
        cli={`ecs-api taskdefs get ${shellWord(name)} --account ${shellWord(account)}`}
        curl={curlCommand('GET', apiPath(account, 'taskdefs', name))}
      />
      {isDeregistering && definition && (
        <ChangeDialog
          title={`Deregister ${definition.name}`}
          account={account}
          request={{ method: 'DELETE', path: apiPath(account, 'taskdefs', definition.name) }}
          cli={`ecs-api taskdefs delete ${shellWord(definition.name)} --account ${shellWord(account)}`}
          buttonLabel="Deregister"
          confirmName={definition.name}
          doneSentence={`${definition.name} was deregistered.`}
          onClose={() => setDeregistering(false)}
        />
      )}
      {deployTarget && definition && (
        <DeployDialog
          account={account}
          service={deployTarget}
          initialDefinition={definition.name}
          onClose={() => setDeployTargetArn(undefined)}
          onDone={() => navigate(paths.service(account, deployTarget.cluster, deployTarget.name))}
        />
      )}
    </>
  )
}

function roleName(arn: string | undefined): ReactNode {
  return <ExternalText text={arn === undefined ? 'none' : arn.replace(/^.*:role\//, '')} />
}
