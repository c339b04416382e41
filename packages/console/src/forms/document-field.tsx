/**
 * A document as JSON or YAML text. A form beside it can edit the same text. The text is in an editor with markers at
 * its faults. Until that has loaded, and where it cannot be loaded, the text is in a plain text area.
 */
import { useEffect, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { counted } from '../parts/counted.ts'
import type { DocumentEditor, DocumentEditorHandle, jsonFaultOffset } from './document-editor.tsx'
import { useDocumentFaults } from './document-faults.ts'
import { DocumentFaultsList } from './document-faults-list.tsx'
import type { TextDocument } from './document-text.ts'

interface Editor {
  DocumentEditor: typeof DocumentEditor
  jsonFaultOffset: typeof jsonFaultOffset
  /** The selection of the text area when it had the focus. */
  selection: { from: number; to: number } | undefined
}

/** The editor, which begins to load when the text area is visible for the first time. */
function useEditor() {
  const [editor, setEditor] = useState<Editor>()
  const area = useRef<HTMLTextAreaElement>(null)
  const isComposing = useRef(false)
  useEffect(() => {
    const { current } = area
    if (!current) return
    const replaceArea = (loaded: Omit<Editor, 'selection'>) => {
      const selection = current.matches(':focus')
        ? { from: current.selectionStart, to: current.selectionEnd }
        : undefined
      // At once: the next key must not change text and selection before.
      if (current.isConnected) flushSync(() => setEditor({ ...loaded, selection }))
    }
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return
      observer.disconnect()
      import('./document-editor.tsx').then(
        ({ DocumentEditor, jsonFaultOffset }) => {
          const loaded = { DocumentEditor, jsonFaultOffset }
          // An input method would lose the characters that it has not written yet.
          if (isComposing.current) current.addEventListener('compositionend', () => replaceArea(loaded), { once: true })
          else replaceArea(loaded)
        },
        // The text area goes on.
        () => undefined,
      )
    })
    observer.observe(current)
    return () => observer.disconnect()
  }, [])
  const areaProps = {
    ref: area,
    onCompositionStart: () => {
      isComposing.current = true
    },
    onCompositionEnd: () => {
      isComposing.current = false
    },
  }
  return { editor, areaProps }
}

export function DocumentField({
  id = 'document',
  label,
  help,
  document,
  requestError,
  onChange,
}: {
  id?: string
  label: string
  help: string
  document: Pick<TextDocument<object>, 'text' | 'faults'>
  /** The error of the document's request or of its plan, or the errors of several: they are marked in the text. */
  requestError: unknown
  onChange: (text: string) => void
}) {
  const { text } = document
  const { editor, areaProps } = useEditor()
  const handle = useRef<DocumentEditorHandle>(null)
  const faults = useDocumentFaults(document, requestError, editor?.jsonFaultOffset)
  const list = (
    <DocumentFaultsList
      text={text}
      faults={faults}
      onJump={({ from, to }) => {
        if (handle.current) return handle.current.select({ from, to })
        areaProps.ref.current?.focus()
        areaProps.ref.current?.setSelectionRange(from, to)
      }}
    />
  )
  const isFaulty = document.faults.length > 0
  return (
    <div className="field">
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: a label passes on clicks, and keys reach the editor */}
      <label htmlFor={id} onClick={() => handle.current?.focus()}>
        {label}
      </label>
      {editor ? (
        <editor.DocumentEditor
          ref={handle}
          id={id}
          label={label}
          description={
            faults.length === 0 ? help : `${help} ${counted(faults.length, ['error', 'errors'])}, listed below.`
          }
          text={text}
          faults={faults}
          initialSelection={editor.selection}
          onChange={onChange}
        />
      ) : (
        <textarea
          {...areaProps}
          id={id}
          spellCheck={false}
          value={text}
          aria-describedby={`${id}-help ${id}-errors`}
          aria-invalid={faults.length > 0}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
      <span id={`${id}-help`} className="notes muted">
        {help}
      </span>
      <div id={`${id}-errors`}>
        {/* The errors of a plan are an alert of the plan. */}
        <div role="alert">{isFaulty && list}</div>
        {!isFaulty && list}
      </div>
    </div>
  )
}
