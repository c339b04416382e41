import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import { apiPath, changeNotPermittedReason } from '../actions.ts'
import { ChangeDialog } from '../dialogs/change-dialog.tsx'
import { DeployDialog } from '../dialogs/deploy-dialog.tsx'
import { definitionGroups } from '../facts/definition-facts.ts'
import { Facts } from '../facts/facts.tsx'
import { TableOrDocument } from '../facts/table-or-document.tsx'
import { useMe, useServices, useTaskDefinition, useTaskDefinitions } from '../live/queries.ts'
import { ActionButton } from '../parts/action-button.tsx'
import { Commands } from '../parts/copy.tsx'
import { curlCommand } from '../parts/curl-command.ts'
import { withoutMiddle } from '../parts/image-name.tsx'
import { LoadingOrProblem } from '../parts/loading-or-problem.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { PrintableText } from '../parts/printable-text.tsx'
import { shellWord } from '../parts/shell-command.ts'
import { Ago } from '../parts/time.tsx'
import { paths } from '../paths.ts'
import { Revisions } from './revisions.tsx'

/** The characters of a service's name in a button. */
const maxNameLength = 60

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
  const isKnown = definition !== undefined || query.error === null
  const notPermittedReason = changeNotPermittedReason(me)
  const inactiveReason = definition && definition.status !== 'ACTIVE' ? `${definition.name} is not active.` : undefined
  const otherServices = services.filter(({ taskDefinition }) => definition && taskDefinition !== definition.name)
  const isNewest = definition !== undefined && revisions.every(({ revision }) => revision <= definition.revision)
  const isDeployFirst = isNewest && otherServices.length === 1
  const isCreateFirst = isNewest && allServices !== undefined && services.length === 0
  const users = services.filter(({ taskDefinition }) => taskDefinition === definition?.name)
  const deployTarget = services.find(({ arn }) => arn === deployTargetArn)
  return (
    <>
      <PageHead
        crumbs={[
          [account, paths.services(account)],
          ['Task definitions', paths.taskDefinitions(account)],
        ]}
        kind="Task definition"
        title={definition?.name || name}
      >
        {isKnown && (
          <>
            {otherServices.map((each) => (
              <ActionButton
                key={each.arn}
                action={{
                  id: `deploy-${each.name}`,
                  label: `Deploy to ${withoutMiddle(`${each.cluster}/${each.name}`, maxNameLength)}…`,
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
                label: `Deregister ${definition?.name ?? name}…`,
                disabledReason: notPermittedReason ?? inactiveReason,
                isDangerous: true,
              }}
              onPress={() => setDeregistering(true)}
            />
          </>
        )}
      </PageHead>
      {!definition && (
        <LoadingOrProblem
          query={query}
          subject={name}
          list={['All task definitions', paths.taskDefinitions(account)]}
        />
      )}
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
            <TableOrDocument document={definition} groups={definitionGroups(definition, 'Task')} />
          </div>
          <Facts
            title="Facts"
            groups={[
              [
                ['Status', definition.status.toLowerCase()],
                ['Registered', <Ago key="registered" at={definition.registeredAt} />],
                [
                  'Used by',
                  users.length > 0 &&
                    users.map((each) => (
                      <div key={each.arn}>
                        <Link href={paths.service(account, each.cluster, each.name)}>
                          <PrintableText text={`${each.cluster}/${each.name}`} />
                        </Link>
                      </div>
                    )),
                ],
              ],
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
          textToType={definition.name}
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
