/** The palette: services of all accounts, tasks by id, pages, and with `>` the actions of the page. */
import { useQueries } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { useLocation } from 'wouter'
import { servicesQuery, useAccounts, useTasks } from '../live/queries.ts'
import { ofPersonKey } from '../live/session.ts'
import { Dialog } from '../parts/dialog.tsx'
import { ExternalText } from '../parts/external-text.tsx'
import { paths } from '../paths.ts'

interface Entry {
  text: string
  kind: string
  open: () => void
}

/** Removed at the sign-out. */
const recentKey = `${ofPersonKey}recent`
const maxRecent = 5
const maxShown = 50

function recent(): string[] {
  try {
    return JSON.parse(localStorage.getItem(recentKey) ?? '[]') as string[]
  } catch {
    return []
  }
}

export function Palette({ account, onClose }: { account: string | undefined; onClose: () => void }) {
  const [, navigate] = useLocation()
  const [text, setText] = useState('')
  const [chosen, setChosen] = useState(0)
  const accounts = useAccounts().data ?? []
  const lists = useQueries({ queries: accounts.map(({ name }) => servicesQuery(name)) })
  const tasks = useTasks(account ?? '').data ?? []
  const data = lists.map((list) => list.data)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the lists are new at each render; their data is not
  const entries = useMemo<Entry[]>(() => {
    const page = (label: string, to: string): Entry => ({ text: label, kind: 'page', open: () => navigate(to) })
    return [
      page('Overview', paths.overview),
      ...accounts.flatMap(({ name }, i) => [
        page(`${name}: services`, paths.services(name)),
        page(`${name}: tasks`, paths.tasks(name)),
        page(`${name}: task definitions`, paths.taskDefinitions(name)),
        page(`${name}: clusters`, paths.clusters(name)),
        page(`${name}: create a service`, paths.newService(name)),
        page(`${name}: register a task definition`, paths.newTaskDefinition(name)),
        ...(data[i] ?? []).map((service) => ({
          text: `${name}/${service.cluster}/${service.name}`,
          kind: 'service',
          open: () => navigate(paths.service(name, service.cluster, service.name)),
        })),
      ]),
      page('Audit', paths.audit),
      page('Tokens', paths.tokens),
    ]
  }, [accounts, ...data, navigate])
  const shown = useMemo(() => {
    const wanted = text.trim().toLowerCase()
    if (wanted.startsWith('>')) return pageActions(wanted.slice(1).trim())
    const known = recent()
    if (wanted === '')
      return [
        ...known.flatMap((each) => entries.filter((entry) => entry.text === each)),
        ...entries.filter((entry) => !known.includes(entry.text)),
      ].slice(0, maxShown)
    const found = entries.filter((entry) => entry.text.toLowerCase().includes(wanted))
    const byId = /^[0-9a-f]{4,32}$/.test(wanted)
      ? tasks
          .filter(({ id }) => id.startsWith(wanted))
          .map((task) => ({
            text: task.id,
            kind: 'task',
            open: () => navigate(paths.task(account ?? '', task.cluster, task.id)),
          }))
      : []
    const problem = /^[A-Z][A-Za-z]{5,}$/.test(text.trim())
      ? [{ text: text.trim(), kind: 'problem', open: () => location.assign(`/docs/problems/${text.trim()}`) }]
      : []
    return [...byId, ...found, ...problem].slice(0, maxShown)
  }, [text, entries, tasks, account, navigate])
  const open = (entry: Entry | undefined) => {
    if (!entry) return
    localStorage.setItem(
      recentKey,
      JSON.stringify([entry.text, ...recent().filter((each) => each !== entry.text)].slice(0, maxRecent)),
    )
    onClose()
    // The dialog gives the focus back first.
    setTimeout(entry.open)
  }
  const index = Math.min(chosen, shown.length - 1)
  return (
    <Dialog title="Search or do" onClose={onClose} className="palette">
      <div>
        <input
          role="combobox"
          aria-label="Service, task id, page, problem code; > for the actions of this page"
          aria-expanded="true"
          aria-controls="palette-list"
          aria-activedescendant={shown[index] ? `palette-${index}` : undefined}
          placeholder="Service, task id, page; > for the actions of this page"
          value={text}
          autoFocus
          onChange={(event) => {
            setText(event.target.value)
            setChosen(0)
          }}
          onKeyDown={(event) => {
            if (event.key === 'ArrowDown') setChosen(Math.min(shown.length - 1, index + 1))
            else if (event.key === 'ArrowUp') setChosen(Math.max(0, index - 1))
            else if (event.key === 'Enter') open(shown[index])
            else return
            event.preventDefault()
          }}
        />
        <div id="palette-list" role="listbox" aria-label="Found" className="results">
          {shown.map((entry, i) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys of the list
            <div
              key={entry.kind + entry.text}
              id={`palette-${i}`}
              role="option"
              tabIndex={-1}
              aria-selected={i === index}
              className="result"
              onClick={() => open(entry)}
            >
              <ExternalText text={entry.text} />
              <span className="muted">{entry.kind}</span>
            </div>
          ))}
        </div>
        {shown.length === 0 && <p className="muted">Nothing has this name.</p>}
      </div>
    </Dialog>
  )
}

/** The buttons that the page shows now. */
function pageActions(wanted: string): Entry[] {
  return [...document.querySelectorAll<HTMLButtonElement>('main [data-action]')]
    .map((button) => ({ text: button.textContent ?? '', kind: 'action', open: () => button.click() }))
    .filter(({ text }) => text.toLowerCase().includes(wanted))
}
