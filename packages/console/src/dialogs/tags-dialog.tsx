import type { Service } from '@ecs-api/client'
import { useState } from 'react'
import { disabledReasonOf, listedServiceActions, servicePath } from '../actions.ts'
import { describeLineWithoutPair, parsePairs } from '../forms/container-values.ts'
import { CheckField, TextAreaField } from '../forms/fields.tsx'
import { tagsFault } from '../forms/tag-values.ts'
import { useMe } from '../live/queries.ts'
import { counted } from '../parts/counted.ts'
import { PrintableText } from '../parts/printable-text.tsx'
import { commandWithBody } from '../parts/shell-command.ts'
import { fullName, type ServicesDialogProps, shellReference } from './changed-services.ts'
import { ChangesDialog } from './changes-dialog.tsx'

/** The dialog that sets and removes tags of one service or of several. Other tags stay as they are. */
export function TagsDialog({ account, services, listName, onClose }: ServicesDialogProps) {
  const me = useMe()
  const [setText, setSetText] = useState('')
  const [removedKeys, setRemovedKeys] = useState<ReadonlySet<string>>(new Set())
  const error = describeLineWithoutPair(setText) ?? tagsFault(parsePairs(setText))
  const tags = { ...Object.fromEntries([...removedKeys].map((key) => [key, null])), ...parsePairs(setText) }
  const existingTags = tagsOf(services)
  const isComplete = error === undefined && Object.keys(tags).length > 0
  const body = { tags }
  return (
    <ChangesDialog
      account={account}
      listName={listName}
      nouns={['service', 'services']}
      changes={services.map((service) => ({
        name: fullName(service),
        request: isComplete
          ? { method: 'PATCH', path: servicePath(account, service.cluster, service.name), body }
          : undefined,
        disabledReason: disabledReasonOf(listedServiceActions(me, service), 'tags'),
        cli: commandWithBody(`services update ${shellReference(account, service)}`, body),
      }))}
      incompleteReason={error ?? `Name a tag to set${existingTags.length > 0 ? ', or choose one to remove' : ''}.`}
      titleStart="Tags of"
      buttonLabel="Change the tags"
      batchButtonLabel={(count) => `Change the tags of ${counted(count, ['service', 'services'])}`}
      doneText="tags changed"
      doneSentence={(name) => `The tags of ${name} were changed.`}
      onClose={onClose}
      fields={
        <>
          <TextAreaField
            id="tags"
            label="Set tags"
            help="One NAME=value on each line. Tags that are not named stay as they are."
            placeholder="team=shop"
            value={setText}
            error={error}
            onChange={setSetText}
          />
          {existingTags.map(({ key, values, count }) => (
            <CheckField
              key={key}
              label={
                <>
                  Remove <PrintableText text={key} />
                  <span className="muted">
                    : <PrintableText text={values.join(', ')} />
                    {services.length > 1 && ` (${counted(count, ['service', 'services'])})`}
                  </span>
                </>
              }
              checked={removedKeys.has(key)}
              onChange={(isRemoved) => {
                const others = [...removedKeys].filter((each) => each !== key)
                setRemovedKeys(new Set(isRemoved ? [...others, key] : others))
              }}
            />
          ))}
        </>
      }
    />
  )
}

/** How many different values of a tag are shown. */
const maxValues = 3

/** The tags that the services have, each with its values and the number of services. */
function tagsOf(services: readonly Service[]) {
  const pairs = services.flatMap(({ tags }) => Object.entries(tags ?? {}))
  return [...Map.groupBy(pairs, ([key]) => key)]
    .map(([key, found]) => {
      const values = [...new Set(found.map(([, value]) => value))]
      return {
        key,
        values: [...values.slice(0, maxValues), ...(values.length > maxValues ? ['…'] : [])],
        count: found.length,
      }
    })
    .sort((a, b) => (a.key < b.key ? -1 : 1))
}
