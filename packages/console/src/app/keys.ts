/** The keyboard shortcuts of the console. While a person types only Ctrl-K works, and in a dialog none does. */
import { useEffect } from 'react'
import { useLocation } from 'wouter'
import { toast } from '../parts/toast.tsx'
import { paths } from '../paths.ts'

/** Moves the focus among the rows of the page's tables. */
function moveRow(step: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('main [data-row]')]
  const current = rows.findIndex((row) => row.contains(document.activeElement))
  const next = rows[current < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, current + step))]
  next?.querySelector<HTMLElement>('a, button')?.focus()
}

/**
 * Clicks the element with this `data-key` in the focused row, else in the page. Without one, shows the reason.
 * @param shiftKey whether the click is one with the key Shift
 */
function clickElementOfKey(key: string, shiftKey = false): void {
  const row = document.activeElement?.closest('[data-row]')
  // Elements of other rows are left out below.
  const elements = [...document.querySelectorAll<HTMLElement>(`main [data-key="${key}"]`)]
  const target =
    row?.querySelector<HTMLElement>(`[data-key="${key}"]`) ?? elements.find((each) => !each.closest('[data-row]'))
  if (target?.ariaDisabled === 'true') toast(target.title)
  else if (target) target.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, shiftKey }))
  else toast(noTargetReason(key, row, elements.length > 0))
}

const targetNames: Record<string, string> = { l: 'log', e: 'terminal', w: 'cause', d: 'deployment', x: 'checkbox' }

function noTargetReason(key: string, row: Element | null | undefined, hasRows: boolean): string {
  const reason = row?.querySelector(`[data-no-${key}]`)?.getAttribute(`data-no-${key}`)
  if (reason) return reason
  return hasRows
    ? `Choose a row with j or k: a row has a ${targetNames[key]}.`
    : `There is no ${targetNames[key]} here.`
}

const singleKeys = new Set(['g', '/', '?', 'j', 'k', 'l', 'e', 'w', 'd', 'x', 'X'])

/** Whether a person can type in the element. */
const isField = (element: HTMLElement) =>
  element.isContentEditable || element.matches('input:not([type="checkbox"]), textarea, select')

export function useKeys(account: string | undefined, open: (overlay: 'palette' | 'keys') => void): void {
  const [, navigate] = useLocation()
  useEffect(() => {
    let isAfterG = false
    const onKey = (event: KeyboardEvent) => {
      const wasAfterG = isAfterG
      isAfterG = false
      // The editor of a document has handled the key, or a dialog will.
      if (event.defaultPrevented || document.querySelector('dialog[open]')) return
      // With Caps Lock on, the keys of letters are capitals.
      const key = event.shiftKey ? event.key : event.key.toLowerCase()
      if ((event.ctrlKey || event.metaKey) && key === 'k') {
        event.preventDefault()
        return open('palette')
      }
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
      // Outside of the shadow root of an editor, the target is the element that has the root.
      if (isField(event.composedPath()[0] as HTMLElement)) return
      if (wasAfterG) {
        const pageOfKey: Record<string, string | undefined> = {
          o: paths.overview,
          a: paths.audit,
          ...(account !== undefined && {
            s: paths.services(account),
            t: paths.tasks(account),
            d: paths.taskDefinitions(account),
            c: paths.clusters(account),
          }),
        }
        const page = pageOfKey[key]
        if (page === undefined) return
        event.preventDefault()
        return navigate(page)
      }
      if (!singleKeys.has(key)) return
      // The shortcut may move the focus to a field: the browser would type its character there.
      event.preventDefault()
      // A key that is held down acts once, except among rows.
      if (event.repeat && !/^[jk]$/.test(key)) return
      switch (key) {
        case 'g':
          isAfterG = true
          return
        case '/':
          return open('palette')
        case '?':
          return open('keys')
        case 'j':
          return moveRow(1)
        case 'k':
          return moveRow(-1)
        case 'l':
        case 'e':
        case 'w':
        case 'd':
          return clickElementOfKey(key)
        case 'x':
        case 'X':
          return clickElementOfKey('x', event.shiftKey)
      }
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [account, navigate, open])
}
