/**
 * The field of an image. It suggests the images of the account's task definitions and those of this machine, which it
 * reads when it gets the focus.
 */
import { type ComponentProps, useState } from 'react'
import { useAccount } from '../live/account.ts'
import { useImagesInUse, useLocalImages } from '../live/in-use.ts'
import { TextField } from './fields.tsx'

export function ImageTextField({
  value,
  onChange,
  ...field
}: Pick<ComponentProps<typeof TextField>, 'id' | 'label' | 'error' | 'disabled' | 'onChange'> & {
  value: string | undefined
}) {
  const account = useAccount() ?? ''
  const [wantsSuggestions, setWantsSuggestions] = useState(false)
  const used = useImagesInUse(account, wantsSuggestions)
  const local = useLocalImages(account, wantsSuggestions)
  return (
    <TextField
      {...field}
      isMonospace
      placeholder="nginx:1.29"
      value={value ?? ''}
      suggestions={[...new Set([...used, ...local])]}
      onFocus={() => setWantsSuggestions(true)}
      onChange={(text) => onChange(text.trim())}
    />
  )
}
