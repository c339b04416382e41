/** The editor of a document: CodeMirror, in a file that is loaded once somebody sees a document. */
import { type Ref, useEffectEvent, useImperativeHandle, useLayoutEffect, useRef } from 'react'
import { flushSync } from 'react-dom'
import { createDocumentEditorView, type DocumentEditorView, type Range } from './document-editor-view.ts'
import { type DocumentFault, faultText } from './document-faults.ts'

export { jsonFaultOffset } from './document-editor-view.ts'

export interface DocumentEditorHandle {
  /** Moves focus and cursor to the range. */
  select: (range: Range) => void
  focus: () => void
}

export function DocumentEditor({
  ref,
  id,
  label,
  description,
  text,
  faults,
  initialSelection,
  onChange,
}: {
  ref: Ref<DocumentEditorHandle>
  id: string
  label: string
  description: string
  text: string
  faults: readonly DocumentFault[]
  /** The selection of the text area that had the focus, which the editor takes over. */
  initialSelection: Range | undefined
  onChange: (text: string) => void
}) {
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<DocumentEditorView>(null)
  const changed = useEffectEvent(onChange)
  const create = useEffectEvent((element: HTMLElement) => {
    view.current = createDocumentEditorView(element, {
      text,
      label,
      // At once, as React does it for fields: a text of an earlier key must not come back to the editor.
      onChange: (next) => flushSync(() => changed(next)),
    })
    if (initialSelection) view.current.select(initialSelection)
  })
  useLayoutEffect(() => {
    create(host.current!)
    return () => view.current?.destroy()
  }, [])
  useLayoutEffect(() => view.current?.setText(text), [text])
  useLayoutEffect(() => view.current?.setDescription(description), [description])
  useLayoutEffect(
    () =>
      view.current?.setFaults(
        faults.flatMap((fault) => (fault.range ? [{ ...fault.range, message: faultText(fault) }] : [])),
      ),
    [faults],
  )
  useImperativeHandle(ref, () => ({
    select: (range) => view.current?.select(range),
    focus: () => view.current?.focus(),
  }))
  return <div ref={host} id={id} />
}
