import type { Release, Service } from '@ecs-api/client'
import { useState } from 'react'
import { servicePath } from '../actions.ts'
import { useReleases } from '../live/queries.ts'
import { rollbackTarget, whyNoTarget } from '../rollback-target.ts'
import { ChangeDialog } from './change-dialog.tsx'
import { quoted } from './copy.tsx'
import { SelectField } from './fields.tsx'

/** Restores a release: the newest stable one unless the person chooses another. */
export function RollbackDialog({
  account,
  service,
  given,
  onClose,
}: {
  account: string
  service: Service
  /** The number of the release that the dialog opens with. */
  given?: number
  onClose: () => void
}) {
  const releases = useReleases(account, service.cluster, service.name).data
  const [chosen, setChosen] = useState(given === undefined ? '' : String(given))
  const others = (releases ?? []).filter(({ isCurrent }) => !isCurrent)
  const best = rollbackTarget(releases ?? [])
  const release = chosen === '' ? best : others.find((each) => String(each.release) === chosen)
  const name = `${service.cluster}/${service.name}`
  return (
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
      missing={releases ? whyNoTarget(releases) : 'The releases are being loaded.'}
      cli={`ecs-api rollback ${quoted(`${account}/${name}`)} --to ${release?.release}`}
      verb="Roll back"
      doneSentence={`Requested: ${name} goes back to release ${release?.release}.`}
      onClose={onClose}
      fields={
        <SelectField
          id="release"
          label="Release"
          value={String(release?.release ?? '')}
          options={[
            ...(best ? [] : [['', 'Choose a release'] as const]),
            ...others.map((each) => [String(each.release), releaseText(each, each === best)] as const),
          ]}
          error={
            release && /^(failed|rolled-back)$/.test(release.outcome)
              ? `Release ${release.release} has failed before (${release.outcome}).`
              : undefined
          }
          onChange={setChosen}
        />
      }
    />
  )
}

function releaseText({ release, taskDefinition, outcome, images }: Release, isBest: boolean): string {
  const image = images.map((each) => each.image ?? '').join(', ')
  const state = isBest && outcome === 'stable' ? 'the newest stable one' : outcome
  return `Release ${release} (${state}): ${[image, taskDefinition].filter(Boolean).join(', ')}`
}
