import { type ReactNode, useState } from 'react'
import { useLocation } from 'wouter'
import { apiPath, whyNoChange } from '../actions.ts'
import { useMe, useServices, useTaskDefinition, useTaskDefinitions } from '../live/queries.ts'
import { ActionButton } from '../parts/action-button.tsx'
import { ChangeDialog } from '../parts/change-dialog.tsx'
import { Commands, Copy, curlOf, quoted } from '../parts/copy.tsx'
import { DeployDialog } from '../parts/deploy-dialog.tsx'
import { ExternalText } from '../parts/external-text.tsx'
import { Facts } from '../parts/facts.tsx'
import { LoadingOrProblem } from '../parts/loading-or-problem.tsx'
import { PageHead } from '../parts/page.tsx'
import { taskSize } from '../parts/task-size.ts'
import { Ago } from '../parts/time.tsx'
import { paths } from '../paths.ts'
import { Revisions } from './revisions.tsx'

/** One revision of a task definition: what it runs, where it can be deployed, and the others of its family. */
export default function TaskDefinitionPage({ account, name }: { account: string; name: string }) {
  const query = useTaskDefinition(account, name)
  const family = name.split(':')[0]!
  const revisions = (useTaskDefinitions(account).data ?? []).filter((each) => each.family === family)
  const services = (useServices(account).data ?? []).filter(({ taskDefinition }) =>
    taskDefinition?.startsWith(`${family}:`),
  )
  const me = useMe()
  const [, navigate] = useLocation()
  const [isDeregistering, setDeregistering] = useState(false)
  const [deployed, setDeployed] = useState<string>()
  const definition = query.data
  const disabled = whyNoChange(me)
  const isInactive = definition && definition.status !== 'ACTIVE' ? `${definition.name} is not active.` : undefined
  const others = services.filter(({ taskDefinition }) => definition && taskDefinition !== definition.name)
  const isNewest = definition !== undefined && revisions.every(({ revision }) => revision <= definition.revision)
  const isDeployFirst = isNewest && others.length === 1
  const service = services.find(({ arn }) => arn === deployed)
  return (
    <>
      <PageHead
        crumbs={[
          [account, paths.services(account)],
          ['Task definitions', paths.taskDefinitions(account)],
        ]}
        title={definition?.name ?? name}
      >
        {others.map((each) => (
          <ActionButton
            key={each.arn}
            action={{
              id: `deploy-${each.name}`,
              label: `Deploy to ${each.cluster}/${each.name}…`,
              disabled: disabled ?? isInactive,
              isPrimary: isDeployFirst,
            }}
            onPress={() => setDeployed(each.arn)}
          />
        ))}
        <ActionButton
          action={{ id: 'new', label: 'Create a service…', disabled: disabled ?? isInactive }}
          onPress={() => navigate(paths.newService(account, { taskDefinition: definition?.name ?? name }))}
        />
        <ActionButton
          action={{ id: 'edit', label: 'Edit as a new revision…', disabled, isPrimary: !isDeployFirst }}
          onPress={() => navigate(paths.newTaskDefinition(account, definition?.name ?? name))}
        />
        <ActionButton
          action={{ id: 'deregister', label: 'Deregister…', disabled: disabled ?? isInactive, isDangerous: true }}
          onPress={() => setDeregistering(true)}
        />
      </PageHead>
      {!definition && <LoadingOrProblem query={query} what={name} />}
      {definition && (
        <div className="beside">
          <div className="stack">
            <Revisions
              account={account}
              family={family}
              shown={definition.name}
              revisions={revisions}
              services={services}
              disabled={disabled}
            />
            <div className="row">
              <h2>Document</h2>
              <Copy text={JSON.stringify(definition, null, 2)} />
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
        cli={`ecs-api taskdefs get ${quoted(`${account}/${name}`)}`}
        curl={curlOf('GET', apiPath(account, 'taskdefs', name))}
      />
      {isDeregistering && definition && (
        <ChangeDialog
          title={`Deregister ${definition.name}`}
          account={account}
          request={{ method: 'DELETE', path: apiPath(account, 'taskdefs', definition.name) }}
          cli={`ecs-api taskdefs delete ${quoted(`${account}/${definition.name}`)}`}
          verb="Deregister"
          confirmName={definition.name}
          doneSentence={`Deregistered: ${definition.name}.`}
          onClose={() => setDeregistering(false)}
        />
      )}
      {service && definition && (
        <DeployDialog
          account={account}
          service={service}
          initialDefinition={definition.name}
          onClose={() => setDeployed(undefined)}
          onDone={() => navigate(paths.service(account, service.cluster, service.name))}
        />
      )}
    </>
  )
}

function roleName(arn: string | undefined): ReactNode {
  return <ExternalText text={arn === undefined ? 'none' : arn.replace(/^.*:role\//, '')} />
}
