import type { Service } from '@ecs-api/client'
import type { Action } from '../actions.ts'
import { ActionButton } from '../parts/action-button.tsx'
import { ExternalText } from '../parts/external-text.tsx'

/** The service as the API returns it, and the button that changes it. */
export function SettingsTab({ service, change, onChange }: { service: Service; change: Action; onChange: () => void }) {
  const { deployments, events, ...settings } = service
  return (
    <div className="stack">
      <div className="row">
        <ActionButton action={{ ...change, label: 'Change settings…' }} onPress={onChange} />
      </div>
      <pre className="panel">
        <ExternalText text={JSON.stringify(settings, null, 2)} />
      </pre>
    </div>
  )
}
