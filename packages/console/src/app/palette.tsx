/**
 * The palette: a search for services of all accounts, logs, clusters, task definitions, tasks by id, terminals, problem
 * codes, pages, and the actions of the current page. A text that begins with `>` finds only these actions.
 */
import type { Task } from '@ecs-api/client'
import { useQueries } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { useLocation } from 'wouter'
import { listedServiceActions } from '../actions.ts'
import { Dialog } from '../dialogs/dialog.tsx'
import { servicesQuery, useAccounts, useClusters, useCodes, useMe, useTaskDefinitions } from '../live/queries.ts'
import { serviceNameOf } from '../live/service-name.ts'
import { keyPrefixUntilSignOut } from '../live/session.ts'
import { storeItem } from '../live/store-item.ts'
import { useTasks } from '../live/task-lists.ts'
import { PrintableText } from '../parts/printable-text.tsx'
import { isSimulated } from '../parts/simulated.tsx'
import { paths } from '../paths.ts'

interface Entry {
  text: string
  kind: string
  open: () => void
}

/** Removed at the sign-out. */
const recentKey = `${keyPrefixUntilSignOut}recent`
const maxRecent = 5
const maxShown = 50
/** A shorter text would match too many codes. */
const minCodeLength = 4
/** A shorter text would match too many revisions. */
const minDefinitionLength = 2
const hasShell = (task: Task) =>
  task.lastStatus === 'RUNNING' &&
  task.desiredStatus === 'RUNNING' &&
  task.enableExecuteCommand === true &&
  !isSimulated(task)

function recentTexts(): string[] {
  try {
    return JSON.parse(localStorage.getItem(recentKey) ?? '[]') as string[]
  } catch {
    return []
  }
}

export default function Palette({ account, onClose }: { account: string | undefined; onClose: () => void }) {
  const [, navigate] = useLocation()
  const [text, setText] = useState('')
  const [chosenIndex, setChosenIndex] = useState(0)
  const accounts = useAccounts().data ?? []
  const me = useMe()
  const serviceLists = useQueries({ queries: accounts.map(({ name }) => servicesQuery(name)) })
  const search = text.trim().toLowerCase()
  const isId = /^[0-9a-f]{4,32}$/.test(search)
  const tasks = useTasks(isId ? (account ?? '') : '', 'ALL').data ?? []
  const runningTasks = useTasks(/term/.test(search) ? (account ?? '') : '').data ?? []
  const clusters = useClusters(account ?? '').data ?? []
  const definitions = useTaskDefinitions(search.length >= minDefinitionLength ? (account ?? '') : '').data ?? []
  const codes = useCodes(search.length >= minCodeLength && !isId).data ?? []
  const servicesByAccount = serviceLists.map((list) => list.data)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the lists are new at each render; their data is not
  const entries = useMemo<Entry[]>(() => {
    const page = (text: string, to: string, kind = 'page'): Entry => ({ text, kind, open: () => navigate(to) })
    return [
      page('Overview', paths.overview),
      ...accounts.flatMap(({ name }, i) => [
        page(`${name}: services`, paths.services(name)),
        page(`${name}: tasks`, paths.tasks(name)),
        page(`${name}: task definitions`, paths.taskDefinitions(name)),
        page(`${name}: clusters`, paths.clusters(name)),
        page(`${name}: create a cluster`, paths.clusters(name), 'action'),
        page(`${name}: create a service`, paths.newService(name), 'action'),
        page(`${name}: register a task definition`, paths.newTaskDefinition(name), 'action'),
        ...(servicesByAccount[i] ?? []).map((service) => ({
          text: `${name}/${service.cluster}/${service.name}`,
          kind: 'service',
          open: () => navigate(paths.service(name, service.cluster, service.name)),
        })),
      ]),
      ...clusters.map((cluster) => ({
        text: `${account}/${cluster.name}`,
        kind: 'cluster',
        open: () => navigate(paths.cluster(account ?? '', cluster.name)),
      })),
      page('Audit', paths.audit),
      page('Tokens', paths.tokens),
    ]
  }, [accounts, ...servicesByAccount, clusters, account, navigate])
  // biome-ignore lint/correctness/useExhaustiveDependencies: the lists are new at each render; their data is not
  const logEntries = useMemo(
    () =>
      accounts.flatMap(({ name }, i) =>
        (servicesByAccount[i] ?? []).map(
          (service): Entry => ({
            text: `${name}/${service.cluster}/${service.name}: logs`,
            kind: 'log',
            open: () => navigate(paths.serviceTab(name, service.cluster, service.name, 'logs')),
          }),
        ),
      ),
    [accounts, ...servicesByAccount, navigate],
  )
  // Of a service, `delete web` finds an action. Its page opens the dialog.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the lists are new at each render; their data is not
  const actionEntries = useMemo(() => {
    const words = search.split(/\s+/)
    if (words.length < 2) return []
    return accounts.flatMap(({ name }, i) =>
      (servicesByAccount[i] ?? []).flatMap((service) => {
        const fullName = `${name}/${service.cluster}/${service.name}`
        if (!words.some((word) => fullName.toLowerCase().includes(word))) return []
        return listedServiceActions(me, service).map(
          ({ id, label }): Entry => ({
            text: `${label} ${fullName}`,
            kind: 'action',
            open: () => navigate(paths.serviceAction(name, service.cluster, service.name, id)),
          }),
        )
      }),
    )
  }, [search, me, accounts, ...servicesByAccount, navigate])
  const shown = useMemo(() => {
    const taskEntry = ({ id, cluster, lastStatus }: Task): Entry => ({
      text: id,
      kind: lastStatus === 'STOPPED' ? 'stopped task' : 'task',
      open: () => navigate(paths.task(account ?? '', cluster, id)),
    })
    const terminalEntry = (task: Task): Entry => ({
      text: `${account}/${task.cluster}/${serviceNameOf(task) ?? task.group}: terminal in ${task.id.slice(0, 8)}`,
      kind: 'terminal',
      open: () => navigate(paths.terminal(account ?? '', task.cluster, task.id)),
    })
    const definitionEntry = (name: string): Entry => ({
      text: `${account}/${name}`,
      kind: 'task definition',
      open: () => navigate(paths.taskDefinition(account ?? '', name)),
    })
    if (search.startsWith('>')) return pageActions(search.slice(1).trim())
    const recents = recentTexts()
    if (search === '')
      return [
        ...recents.flatMap((each) => entries.filter((entry) => entry.text === each)),
        ...entries.filter((entry) => !recents.includes(entry.text)),
      ].slice(0, maxShown)
    const words = search.split(/\s+/)
    const hasWords = ({ text }: Entry) => words.every((word) => text.toLowerCase().includes(word))
    const tasksById = isId ? tasks.filter(({ id }) => id.startsWith(search)).map((task) => taskEntry(task)) : []
    const logsAndTerminals = words.some((word) => 'terminal'.startsWith(word) || 'logs'.startsWith(word))
      ? [...logEntries, ...runningTasks.filter(hasShell).map(terminalEntry)]
      : []
    const codeEntries = codes
      .filter(([, code]) => code.toLowerCase().includes(search))
      .map(
        ([kind, code]): Entry => ({
          text: code,
          kind: kind === 'causes' ? 'cause' : 'problem',
          open: () => location.assign(`/docs/${kind}/${code}`),
        }),
      )
    const found = [
      ...tasksById,
      ...pageActions(search),
      ...entries.filter(hasWords),
      ...actionEntries.filter(hasWords),
      ...logsAndTerminals.filter(hasWords),
      ...definitions.map(({ name }) => definitionEntry(name)).filter(hasWords),
    ]
    return [...found, ...codeEntries].slice(0, maxShown)
  }, [search, isId, entries, logEntries, actionEntries, tasks, runningTasks, definitions, codes, account, navigate])
  const open = (entry: Entry | undefined) => {
    if (!entry) return
    storeItem(
      localStorage,
      recentKey,
      JSON.stringify([entry.text, ...recentTexts().filter((each) => each !== entry.text)].slice(0, maxRecent)),
    )
    onClose()
    // The dialog gives the focus back first.
    setTimeout(entry.open)
  }
  const index = Math.min(chosenIndex, shown.length - 1)
  return (
    <Dialog title="Search or act" onClose={onClose} className="palette">
      <div>
        <input
          role="combobox"
          aria-label="Service, task id, page, problem code, action of this page; > for the actions alone"
          aria-expanded="true"
          aria-controls="palette-list"
          aria-activedescendant={shown[index] ? `palette-${index}` : undefined}
          placeholder="Service, task id, page, action"
          value={text}
          autoFocus
          onChange={(event) => {
            setText(event.target.value)
            setChosenIndex(0)
          }}
          onKeyDown={(event) => {
            if (event.key === 'ArrowDown') setChosenIndex(Math.min(shown.length - 1, index + 1))
            else if (event.key === 'ArrowUp') setChosenIndex(Math.max(0, index - 1))
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
              <PrintableText text={entry.text} />
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
function pageActions(search: string): Entry[] {
  return [...document.querySelectorAll<HTMLButtonElement>('main [data-action]')]
    .map((button) => ({ text: button.textContent ?? '', kind: 'action', open: () => button.click() }))
    .filter(({ text }) => text.toLowerCase().includes(search))
}
