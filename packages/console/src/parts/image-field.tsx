/** The field of an image. It suggests the images of the account's task definitions, which it reads when it gets the focus. */
import { type ComponentProps, useState } from 'react'
import { useAccount } from '../live/account.ts'
import { useImagesInUse } from '../live/in-use.ts'
import { TextField } from './fields.tsx'

export function ImageTextField({
  value,
  onChange,
  ...field
}: Pick<ComponentProps<typeof TextField>, 'id' | 'label' | 'error' | 'disabled' | 'onChange'> & {
  value: string | undefined
}) {
  const [wantsSuggestions, setWantsSuggestions] = useState(false)
  return (
    <TextField
      {...field}
      isMono
      placeholder="nginx:1.29"
      value={value ?? ''}
      suggestions={useImagesInUse(useAccount() ?? '', wantsSuggestions)}
      onFocus={() => setWantsSuggestions(true)}
      onChange={(text) => onChange(text.trim())}
    />
  )
}
