import type { Service } from '@ecs-api/client'
import type { Action } from '../actions.ts'
import { ActionButton } from '../parts/action-button.tsx'
import { ExternalText } from '../parts/external-text.tsx'

/** The tab with the service as the API returns it, and with the button that changes its settings. */
export default function SettingsTab({
  service,
  settingsAction,
  onChange,
}: {
  service: Service
  settingsAction: Action
  onChange: () => void
}) {
  const { deployments, events, ...settings } = service
  return (
    <div className="stack">
      <div className="row">
        <ActionButton action={{ ...settingsAction, label: 'Change settings…' }} onPress={onChange} />
      </div>
      <pre className="panel">
        <ExternalText text={JSON.stringify(settings, null, 2)} />
      </pre>
    </div>
  )
}
