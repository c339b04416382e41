/**
 * Buttons that copy a text, and the commands that do the same as a page. Plain http has no clipboard API: see `copy`.
 */
import { useState } from 'react'
import { PrintableText } from './printable-text.tsx'

/** Without a clipboard API (plain http) it selects a hidden field and copies the selection. */
async function copy(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text)
  const field = document.createElement('textarea')
  field.value = text
  field.setAttribute('readonly', '')
  field.className = 'visually-hidden'
  ;(document.querySelector('dialog[open]') ?? document.body).append(field)
  field.select()
  document.execCommand('copy')
  field.remove()
}

export function CopyButton({
  text,
  label = 'Copy',
  isPrimary = false,
}: {
  text: string
  label?: string
  isPrimary?: boolean
}) {
  const [isCopied, setCopied] = useState(false)
  return (
    <button
      type="button"
      className={isPrimary ? 'primary' : 'plain'}
      onClick={() => {
        void copy(text).then(() => {
          setCopied(true)
          setTimeout(() => setCopied(false), 1500)
        })
      }}
    >
      {isCopied ? 'Copied' : label}
    </button>
  )
}

/** The commands that read the same data, or do the same action, in a shell. */
export function Commands({ curl, cli }: { curl: string | readonly string[]; cli: string | readonly string[] }) {
  return (
    <details>
      <summary>curl and command line</summary>
      <div className="stack panel">
        {[cli, curl].flat().map((line) => (
          <div key={line} className="command">
            <code>
              {line.split(/(?<= )(--?[a-z][\w-]*)/).map((part, i) => (
                // A line does not break within a flag.
                // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never move
                <span key={i} className={i % 2 === 0 ? undefined : 'flag'}>
                  <PrintableText text={part} />
                </span>
              ))}
            </code>
            <CopyButton text={line} />
          </div>
        ))}
      </div>
    </details>
  )
}
