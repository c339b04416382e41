/** The dialogs of changes of one service or of several. A list loads this file when the first one opens. */
import type { ServicesDialogProps } from './changed-services.ts'
import { DeleteServicesDialog } from './delete-services-dialog.tsx'
import { RestartDialog } from './restart-dialog.tsx'
import { StopDeploymentDialog } from './stop-deployment-dialog.tsx'
import { TagsDialog } from './tags-dialog.tsx'

export default function ServicesDialog({ action, ...props }: ServicesDialogProps & { action: string }) {
  switch (action) {
    case 'restart':
      return <RestartDialog {...props} />
    case 'stop-deployment':
      return <StopDeploymentDialog {...props} />
    case 'delete':
      return <DeleteServicesDialog {...props} />
    case 'tags':
      return <TagsDialog {...props} />
    default:
      return null
  }
}
