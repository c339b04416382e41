import type { Service } from '@ecs-api/client'
import type { Action } from '../actions.ts'
import { definitionGroups } from '../facts/definition-facts.ts'
import { serviceGroups } from '../facts/service-facts.ts'
import { TableOrDocument } from '../facts/table-or-document.tsx'
import { useTaskDefinition } from '../live/queries.ts'
import { ActionButton } from '../parts/action-button.tsx'
import { paths } from '../paths.ts'

/** The tab with the configuration of a service and of its tasks, and with the button that changes the settings. */
export default function ConfigurationTab({
  account,
  service,
  settingsAction,
  onChange,
}: {
  account: string
  service: Service
  settingsAction: Action
  onChange: () => void
}) {
  const { deployments, events, ...document } = service
  const name = service.taskDefinition ?? ''
  const definition = useTaskDefinition(account, name).data
  return (
    <div className="stack">
      <TableOrDocument
        document={document}
        groups={[
          ...serviceGroups(service, `Service ${service.name}`),
          ...(definition
            ? definitionGroups(definition, `Task definition ${name}`).map((group, i) =>
                i === 0 ? { ...group, href: paths.taskDefinition(account, name) } : group,
              )
            : []),
        ]}
      >
        <ActionButton action={settingsAction} onPress={onChange} />
      </TableOrDocument>
    </div>
  )
}
