/** Copies a text. Plain http addresses have no clipboard API: there a hidden field is selected and copied. */
import { useState } from 'react'
import { ExternalText } from './external-text.tsx'

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

export function Copy({ text, label = 'Copy' }: { text: string; label?: string }) {
  const [isCopied, setCopied] = useState(false)
  return (
    <button
      type="button"
      className="plain"
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

/** The same page or action for a shell. */
export function Commands({ curl, cli }: { curl: string; cli: string }) {
  return (
    <details>
      <summary>curl and command line</summary>
      <div className="stack panel">
        {[cli, curl].map((line) => (
          <div key={line} className="command">
            <code>
              <ExternalText text={line} />
            </code>
            <Copy text={line} />
          </div>
        ))}
      </div>
    </details>
  )
}

/** A word of a shell command, quoted where it must be. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

export function curlOf(method: string, path: string, body?: unknown): string {
  const parts = ['curl', ...(method === 'GET' ? [] : ['-X', method]), quoted(location.origin + path)]
  parts.push('-H "Authorization: Bearer $TOKEN"')
  if (body !== undefined) parts.push("-H 'Content-Type: application/json'", '-d', quoted(JSON.stringify(body)))
  return parts.join(' ')
}
