import type { Service } from '@ecs-api/client'
import { outcomeText } from '@ecs-api/client/words'
import { useState } from 'react'
import { servicePath } from '../actions.ts'
import { SelectField } from '../forms/fields.tsx'
import { useReleases } from '../live/queries.ts'
import { useReleaseChanges } from '../live/release-changes.ts'
import { contentOfRelease } from '../parts/release-change.ts'
import { shellWord } from '../parts/shell-command.ts'
import { HiddenValueSources } from '../plans/hidden-values.ts'
import { noTargetReason, rollbackTarget } from '../rollback-target.ts'
import { ChangeDialog } from './change-dialog.tsx'

/** The dialog that rolls a service back: to the newest stable release, unless the person chooses another release. */
export function RollbackDialog({
  account,
  service,
  initialRelease,
  onClose,
}: {
  account: string
  service: Service
  /** The number of the release that is chosen when the dialog opens. */
  initialRelease?: number
  onClose: () => void
}) {
  const releases = useReleases(account, service.cluster, service.name).data
  const [chosen, setChosen] = useState(initialRelease === undefined ? '' : String(initialRelease))
  const changeOf = useReleaseChanges(account, releases ?? [])
  const otherReleases = (releases ?? []).filter(({ isCurrent }) => !isCurrent)
  const proposedRelease = rollbackTarget(releases ?? [])
  const release = chosen === '' ? proposedRelease : otherReleases.find((each) => String(each.release) === chosen)
  const name = `${service.cluster}/${service.name}`
  const sources = { account, from: service.taskDefinition, to: release?.taskDefinition ?? undefined }
  return (
    <HiddenValueSources.Provider value={sources}>
      <ChangeDialog
        title={`Roll back ${name}`}
        account={account}
        request={
          release && {
            method: 'POST',
            path: servicePath(account, service.cluster, service.name, 'rollback'),
            body: { release: release.release },
          }
        }
        incompleteReason={releases ? noTargetReason(releases) : 'The releases are being loaded.'}
        cli={`ecs-api rollback ${shellWord(`${account}/${name}`)} --to ${release?.release}`}
        buttonLabel={release ? `Roll back to release ${release.release}` : 'Roll back'}
        doneSentence={`${name} is being rolled back to release ${release?.release}.`}
        onClose={onClose}
        fields={
          <SelectField
            id="release"
            label="Release"
            value={String(release?.release ?? '')}
            options={[
              ...(proposedRelease ? [] : [['', 'Choose a release'] as const]),
              ...otherReleases.map(
                (each) =>
                  [
                    String(each.release),
                    `Release ${each.release} (${each === proposedRelease ? 'the newest stable one' : outcomeText(each.outcome)}): ${contentOfRelease(each, changeOf(each))}`,
                  ] as const,
              ),
            ]}
            onChange={setChosen}
          />
        }
      />
    </HiddenValueSources.Provider>
  )
}
