import type { Service } from '@ecs-api/client'
import { ExternalText } from '../parts/external-text.tsx'

/** The service as the API returns it. */
export function SettingsTab({ service }: { service: Service }) {
  const { deployments, events, ...settings } = service
  return (
    <pre className="panel">
      <ExternalText text={JSON.stringify(settings, null, 2)} />
    </pre>
  )
}
