/**
 * CodeMirror in a shadow root. There it adopts style sheets, while in a document it would write `<style>` elements,
 * which the console's policy forbids.
 */
import { defaultKeymap, history, historyKeymap, indentWithTab, toggleTabFocusMode } from '@codemirror/commands'
import { json, jsonLanguage } from '@codemirror/lang-json'
import { yaml } from '@codemirror/lang-yaml'
import { bracketMatching, indentUnit } from '@codemirror/language'
import { type Diagnostic, diagnosticCount, lintGutter, nextDiagnostic, setDiagnostics } from '@codemirror/lint'
import { search, searchKeymap } from '@codemirror/search'
import { Annotation, Compartment, EditorState } from '@codemirror/state'
import { EditorView, highlightSpecialChars, keymap, lineNumbers } from '@codemirror/view'
import { codePointOf, controlCharacter } from '../parts/printable-text.tsx'
import { documentEditorTheme } from './document-editor-theme.ts'
import { isYaml } from './document-text.ts'

export interface Range {
  from: number
  to: number
}

export interface DocumentEditorView {
  setText: (text: string) => void
  setDescription: (text: string) => void
  setFaults: (faults: readonly (Range & { message: string })[]) => void
  /** Moves focus and cursor to the range. */
  select: (range: Range) => void
  focus: () => void
  destroy: () => void
}

export interface DocumentEditorViewOptions {
  text: string
  /** The name of the editor for screen readers: labels of the page do not reach into a shadow root. */
  label: string
  /** The text has changed, but not by `setText`. */
  onChange: (text: string) => void
}

/** As in CodeMirror and in the console's terminal. */
const tabLeavesMs = 2000
const tabHint = 'Tab leaves the editor. Control M lets Tab indent.'
const descriptionId = 'description'

/** A change of the text that came from `setText`. */
const fromOutside = Annotation.define<boolean>()

export function createDocumentEditorView(
  host: HTMLElement,
  { text, label, onChange }: DocumentEditorViewOptions,
): DocumentEditorView {
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' })
  const description = document.createElement('span')
  description.id = descriptionId
  description.hidden = true
  const language = new Compartment()
  const languageOf = (content: string) => (isYaml(content) ? yaml() : json())
  let isInYaml = isYaml(text)
  const tab = tabKeys()
  const view = new EditorView({
    root,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        lintGutter(),
        history(),
        bracketMatching(),
        search(),
        highlightSpecialChars({ specialChars: new RegExp(controlCharacter.source, 'gu'), render: specialCharacter }),
        EditorView.lineWrapping,
        typingOverSelection,
        indentUnit.of('  '),
        language.of(languageOf(text)),
        keymap.of([
          tab.toggleKey,
          { key: 'F8', run: nextDiagnostic },
          ...searchKeymap,
          tab.escapeKey,
          ...historyKeymap,
          ...defaultKeymap.filter(({ run }) => run !== toggleTabFocusMode),
          indentWithTab,
        ]),
        EditorView.contentAttributes.of(({ state }) => ({
          // The attribute makes no difference to browsers, but to tools that check scrollable regions.
          tabindex: '0',
          'aria-label': label,
          'aria-describedby': descriptionId,
          'aria-invalid': String(diagnosticCount(state) > 0),
        })),
        EditorView.updateListener.of(({ docChanged, state, transactions, view }) => {
          if (!docChanged) return
          const content = state.doc.toString()
          if (isYaml(content) !== isInYaml) {
            isInYaml = isYaml(content)
            view.dispatch({ effects: language.reconfigure(languageOf(content)) })
          }
          if (!transactions.every((each) => each.annotation(fromOutside))) onChange(content)
        }),
        documentEditorTheme,
      ],
    }),
  })
  view.setTabFocusMode(true)
  root.replaceChildren(view.dom, description)
  // A dialog gives the focus back to the element that had it, which for the document is the host.
  host.focus = () => view.focus()
  return {
    setText: (next) => {
      const change = changeBetween(view.state.doc.toString(), next)
      if (change) view.dispatch({ changes: change, annotations: fromOutside.of(true) })
    },
    setDescription: (next) => {
      description.textContent = `${next} ${tabHint}`
    },
    setFaults: (faults) => {
      const end = view.state.doc.length
      const diagnostics = faults.map(
        ({ from, to, message }): Diagnostic => ({
          from: Math.min(from, end),
          to: Math.min(to, end),
          severity: 'error',
          message,
        }),
      )
      view.dispatch(setDiagnostics(view.state, diagnostics))
    },
    select: ({ from, to }) => {
      const end = view.state.doc.length
      view.dispatch({ selection: { anchor: Math.min(from, end), head: Math.min(to, end) }, scrollIntoView: true })
      view.focus()
    },
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  }
}

/**
 * Tab leaves the editor, as in every field, until Control M lets it indent. Then Escape and Tab soon after it leave the
 * editor, and Escape does not close a dialog around it.
 */
function tabKeys() {
  let isIndenting = false
  return {
    toggleKey: {
      key: 'Ctrl-m',
      run: (view: EditorView) => {
        isIndenting = !isIndenting
        view.setTabFocusMode(!isIndenting)
        const text = isIndenting ? 'Tab indents. Escape, then Tab, leaves the editor.' : tabHint
        view.dispatch({ effects: EditorView.announce.of(text) })
        return true
      },
    },
    escapeKey: {
      key: 'Escape',
      run: (view: EditorView) => {
        if (isIndenting) view.setTabFocusMode(tabLeavesMs)
        return isIndenting
      },
    },
  }
}

/**
 * Text typed over a selection is not left to the browser: Chromium would keep the look of the old text as a style
 * attribute, which the console's policy forbids.
 */
const typingOverSelection = EditorView.domEventHandlers({
  beforeinput: (event, view) => {
    const { inputType, data } = event as InputEvent
    if (inputType !== 'insertText' || data === null || view.composing || view.state.selection.main.empty) return false
    event.preventDefault()
    view.dispatch(view.state.replaceSelection(data), { userEvent: 'input.type', scrollIntoView: true })
    return true
  },
})

/** A character that is not visible by itself is shown as its code point, as everywhere in the console. */
function specialCharacter(code: number): HTMLElement {
  const element = document.createElement('span')
  element.className = 'cm-specialChar'
  element.textContent = codePointOf(String.fromCodePoint(code))
  return element
}

/** The smallest change that makes one text of another, so that cursor and scroll position stay. */
function changeBetween(before: string, after: string): (Range & { insert: string }) | undefined {
  if (before === after) return undefined
  const shorter = Math.min(before.length, after.length)
  let start = 0
  while (start < shorter && before[start] === after[start]) start++
  let end = 0
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end++
  return { from: start, to: before.length - end, insert: after.slice(start, after.length - end) }
}

/** The offset of the first fault in JSON; undefined where the parser of the editor finds none. */
export function jsonFaultOffset(text: string): number | undefined {
  let offset: number | undefined
  jsonLanguage.parser.parse(text).iterate({
    enter: ({ type, from }) => {
      if (type.isError) offset ??= from
    },
  })
  return offset
}
