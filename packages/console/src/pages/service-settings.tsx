import type { Service } from '@ecs-api/client'
import { External } from '../parts/external.tsx'

/** The service as the API returns it. */
export function SettingsTab({ service }: { service: Service }) {
  const { deployments, events, ...settings } = service
  return (
    <pre className="panel">
      <External text={JSON.stringify(settings, null, 2)} />
    </pre>
  )
}
