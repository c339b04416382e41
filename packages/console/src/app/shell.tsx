/** The frame of every page: header, navigation, the strip of a lost connection, footer, palette, keys. */
import { duration } from '@ecs-api/client/words'
import { type ReactNode, useEffect, useState, useSyncExternalStore } from 'react'
import { Link, useLocation } from 'wouter'
import { useAccount } from '../live/account.ts'
import { useChanges } from '../live/changes.ts'
import { connectionState } from '../live/client.ts'
import { clockDifference } from '../live/clock.ts'
import { isStreaming, silentMs } from '../live/heard.ts'
import { queryClient, useAccounts, useMe, useVersion } from '../live/queries.ts'
import { signOut } from '../live/session.ts'
import { settings } from '../live/settings.ts'
import { ExternalText, visible } from '../parts/external-text.tsx'
import { Menu } from '../parts/menu.tsx'
import { exactTime, useNow } from '../parts/time.tsx'
import { Toasts } from '../parts/toast.tsx'
import { paths } from '../paths.ts'
import { KeyList, useKeys } from './keys.tsx'
import { Palette } from './palette.tsx'

export function Shell({ children }: { children: ReactNode }) {
  const account = useAccount()
  const me = useMe()
  const accounts = useAccounts().data ?? []
  const version = useVersion().data
  const [path, navigate] = useLocation()
  const [isNavigationOpen, setNavigationOpen] = useState(false)
  const [open, setOpen] = useState<'palette' | 'keys'>()
  useChanges(account)
  useKeys(account, setOpen)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the navigation closes when the page changes
  useEffect(() => setNavigationOpen(false), [path])
  const links: [label: string, to: string][] = [
    ['Overview', paths.overview],
    ...(account === undefined
      ? []
      : ([
          ['Services', paths.services(account)],
          ['Tasks', paths.tasks(account)],
          ['Task definitions', paths.taskDefinitions(account)],
          ['Clusters', paths.clusters(account)],
        ] as [string, string][])),
    ...(me?.role === 'admin'
      ? ([
          ['Audit', paths.audit],
          ['Tokens', paths.tokens],
        ] as [string, string][])
      : []),
  ]
  return (
    <div className="shell">
      <div style={{ gridArea: 'top' }}>
        <a className="skip" href="#main">
          Skip to the page
        </a>
        <header className="top">
          <button
            type="button"
            className="menu-button"
            aria-expanded={isNavigationOpen}
            onClick={() => setNavigationOpen(!isNavigationOpen)}
          >
            Menu
          </button>
          <Link href={paths.overview} className="brand">
            ecs-api
          </Link>
          <span className="space" />
          <label className="visually-hidden" htmlFor="account">
            Account
          </label>
          <select id="account" value={account ?? ''} onChange={(event) => navigate(paths.services(event.target.value))}>
            {accounts.map(({ name, mode, region, runtime }) => (
              <option key={name} value={name}>
                {visible(`${name} (${mode === 'aws' ? `AWS ${region}` : `local, ${runtime}`})`)}
              </option>
            ))}
          </select>
          <button type="button" onClick={() => setOpen('palette')}>
            Search or do… <span className="muted shortcut">Ctrl K</span>
          </button>
          <Settings />
          <Menu label={<ExternalText text={me?.name ?? 'Signed out'} />}>
            <span className="muted">Role {me?.role}</span>
            <button type="button" onClick={() => void signOut()}>
              Sign out
            </button>
          </Menu>
        </header>
        <ConnectionStrip />
      </div>
      <nav className="side" aria-label="Pages" data-open={isNavigationOpen}>
        {links.map(([label, to]) => (
          <Link key={to} href={to} aria-current={isCurrent(path, to) ? 'page' : undefined}>
            {label}
          </Link>
        ))}
      </nav>
      <main className="main" id="main" tabIndex={-1}>
        {children}
      </main>
      <footer className="foot">
        <a href="/docs">Documentation</a> · <span>ecs-api {version?.version}</span>
        <Seen account={account} />
        <ClockNote />
      </footer>
      <Toasts />
      {open === 'palette' && <Palette account={account} onClose={() => setOpen(undefined)} />}
      {open === 'keys' && <KeyList onClose={() => setOpen(undefined)} />}
    </div>
  )
}

/** Beyond it a stream, which sends something every 15 s, is late. */
const lateMs = 20_000

/** How old the state of the pages can be. */
function Seen({ account }: { account: string | undefined }) {
  useNow()
  const silent = silentMs()
  const isLive = account !== undefined && isStreaming(account)
  return (
    <span className={silent > lateMs ? 'waiting' : undefined}>
      {' '}
      · Seen {duration(silent)} ago
      {isLive && silent <= lateMs && ', live'}
    </span>
  )
}

/** Says so when the clock of this computer is wrong: exact times of its other programs do not fit those of the pages. */
function ClockNote() {
  useNow()
  const ahead = clockDifference()
  if (ahead === 0) return null
  // The difference includes the time of a response on its way; whole minutes leave it out.
  const minutes = Math.round(Math.abs(ahead) / 60_000)
  const by = `${duration(minutes > 0 ? minutes * 60_000 : Math.abs(ahead))} ${ahead > 0 ? 'ahead of' : 'behind'}`
  return <span> · The clock of this computer is {by} that of the service. Ages count by the service’s.</span>
}

function isCurrent(path: string, to: string): boolean {
  if (to === paths.overview) return path === to
  if (path === to || path.startsWith(`${to}/`)) {
    // A service and a task are below a cluster in the address, and not in the navigation.
    return !to.endsWith('/clusters') || !/\/(services|tasks)\//.test(path)
  }
  if (to.endsWith('/services')) return /\/clusters\/[^/]+\/services\/|\/new\/service/.test(path)
  if (to.endsWith('/taskdefs')) return /\/new\/taskdef/.test(path)
  return to.endsWith('/tasks') && /\/clusters\/[^/]+\/tasks\//.test(path)
}

function Settings() {
  const { theme, zone } = useSyncExternalStore(settings.subscribe, settings.get)
  return (
    <Menu label="Display">
      <div className="field">
        <label htmlFor="theme">Theme</label>
        <select
          id="theme"
          value={theme}
          onChange={(event) => settings.set({ theme: event.target.value as typeof theme })}
        >
          <option value="system">As the system</option>
          <option value="light">Light</option>
          <option value="dark">Dark</option>
        </select>
      </div>
      <div className="field">
        <label htmlFor="zone">Times</label>
        <select id="zone" value={zone} onChange={(event) => settings.set({ zone: event.target.value as typeof zone })}>
          <option value="local">Local</option>
          <option value="utc">UTC</option>
        </select>
      </div>
    </Menu>
  )
}

function ConnectionStrip() {
  const { lostAt } = useSyncExternalStore(connectionState.subscribe, connectionState.get)
  const { zone } = useSyncExternalStore(settings.subscribe, settings.get)
  useEffect(() => {
    if (lostAt === undefined) return
    const again = () => void queryClient.invalidateQueries()
    const timer = setInterval(again, 3000)
    addEventListener('online', again)
    return () => {
      clearInterval(timer)
      removeEventListener('online', again)
    }
  }, [lostAt])
  return (
    <div role="status">
      {lostAt !== undefined && (
        <div className="strip">
          Disconnected since {exactTime(lostAt, zone).slice(11, 19)}. Showing the state of that time.
        </div>
      )}
    </div>
  )
}
