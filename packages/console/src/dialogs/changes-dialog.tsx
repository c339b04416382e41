/**
 * The dialog of a change that can be made to one resource or to several. On the page of the resource it is the dialog
 * of one change; on a list it lists the selected resources, each with its plan and later with its result.
 */

import { PrintableText } from '../parts/printable-text.tsx'
import { BatchDialog } from './batch-dialog.tsx'
import { ChangeDialog } from './change-dialog.tsx'
import type { ChangesDialogProps } from './resource-change.ts'

export function ChangesDialog(props: ChangesDialogProps) {
  const { account, listName, changes, titleStart, buttonLabel, isDangerous, fields, incompleteReason, hasPlan } = props
  const { doneSentence, onClose } = props
  if (listName !== undefined) return <BatchDialog {...props} listName={listName} />
  const [change] = changes
  if (!change) return null
  const { name, request, disabledReason, effect, cli } = change
  return (
    <ChangeDialog
      account={account}
      title={`${titleStart} ${name}`}
      request={disabledReason === undefined ? request : undefined}
      incompleteReason={disabledReason ?? incompleteReason}
      cli={cli}
      buttonLabel={buttonLabel}
      isDangerous={isDangerous}
      fields={
        <>
          {fields}
          {effect !== undefined && (
            <p>
              <PrintableText text={effect} />
            </p>
          )}
        </>
      }
      {...(hasPlan !== undefined && { hasPlan })}
      doneSentence={doneSentence(name)}
      onClose={onClose}
    />
  )
}
