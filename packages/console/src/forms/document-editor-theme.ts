/**
 * The look of the editor: the tokens of the console, which its shadow root inherits. CodeMirror has colours of its own
 * for two fixed themes, so each one that the editor uses is replaced here.
 */
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { EditorView } from '@codemirror/view'
import { tags } from '@lezer/highlight'

const border = '1px solid var(--control-line)'

const look = EditorView.theme({
  '&': {
    minHeight: '320px',
    maxHeight: 'max(320px, 70vh)',
    border,
    borderRadius: '6px',
    overflow: 'hidden',
    background: 'var(--panel)',
    color: 'var(--text)',
    font: '12px / 18px var(--mono)',
  },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '2px' },
  '.cm-scroller': { flexGrow: 1, font: 'inherit', overflow: 'auto' },
  '.cm-content': { caretColor: 'var(--text)' },
  '.cm-gutters': { border: 'none', background: 'none', color: 'var(--muted)' },
  '.cm-gutter-lint': { width: '14px' },
  '.cm-lint-marker': { width: 'auto', height: 'auto', textAlign: 'center' },
  '.cm-lint-marker-error': {
    content: 'normal',
    color: 'var(--bad)',
    '&::before': { content: '"■"', lineHeight: '16px' },
  },
  '.cm-lintRange-error': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--bad)',
    textDecorationSkipInk: 'none',
  },
  '.cm-lintRange-active': { backgroundColor: 'var(--bad-soft)' },
  '.cm-lintPoint::after': { borderBottomColor: 'var(--bad)' },
  '&.cm-focused .cm-matchingBracket': { background: 'var(--accent-soft)', outline: border },
  '&.cm-focused .cm-nonmatchingBracket': { background: 'var(--bad-soft)', outline: '1px solid var(--bad)' },
  '.cm-specialChar': { color: 'var(--waiting)', border: '1px solid currentColor', borderRadius: '3px' },
  '.cm-tooltip': {
    maxWidth: 'min(480px, 90vw)',
    border,
    borderRadius: '6px',
    background: 'var(--panel)',
    color: 'var(--text)',
    boxShadow: 'var(--shadow)',
    font: '12px / 18px system-ui, sans-serif',
    overflowWrap: 'anywhere',
  },
  '.cm-diagnostic-error': { borderLeft: '3px solid var(--bad)' },
  '.cm-panels': {
    border: 'none',
    background: 'var(--page)',
    color: 'var(--text)',
    font: '12px / 18px system-ui, sans-serif',
  },
  '.cm-panels-bottom': { borderTop: '1px solid var(--line)' },
  '.cm-panel.cm-search': {
    padding: '4px 32px 4px 8px',
    '& label': { display: 'inline-flex', alignItems: 'center', minHeight: '24px', fontSize: 'inherit' },
    '& [name=close]': { top: '4px', right: '4px', minWidth: '24px', minHeight: '24px', color: 'inherit' },
  },
  '.cm-textfield, .cm-button': {
    minHeight: '24px',
    border,
    borderRadius: '6px',
    background: 'var(--panel)',
    color: 'var(--text)',
    font: 'inherit',
    padding: '1px 8px',
  },
  ':is(.cm-panels, .cm-tooltip) :focus-visible': { outline: '2px solid var(--accent)', outlineOffset: '1px' },
  '.cm-searchMatch': { background: 'var(--accent-soft)', outline: '1px solid var(--accent)' },
  '.cm-searchMatch-selected': { background: 'var(--accent)', color: 'var(--on-accent)' },
  '.cm-searchMatch-selected *': { color: 'inherit' },
})

/** Colours are for states and controls only: names are bold, and punctuation and comments are muted. */
const highlighting = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], fontWeight: '600' },
  { tag: [tags.punctuation, tags.separator, tags.meta], color: 'var(--muted)' },
  { tag: tags.comment, color: 'var(--muted)', fontStyle: 'italic' },
])

export const documentEditorTheme = [look, syntaxHighlighting(highlighting)]
