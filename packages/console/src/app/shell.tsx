/** The frame of every page: header, navigation, the note of a lost connection, footer, palette, keyboard shortcuts. */
import { duration } from '@ecs-api/client/words'
import { lazy, type ReactNode, Suspense, useEffect, useState, useSyncExternalStore } from 'react'
import { Link, useLocation } from 'wouter'
import { Dialog } from '../dialogs/dialog.tsx'
import { accountInPath, useAccount } from '../live/account.ts'
import { useChanges } from '../live/changes.ts'
import { connectionState } from '../live/client.ts'
import { clockAheadMs } from '../live/clock.ts'
import { isChangesStreamOpen, silenceMs } from '../live/last-received.ts'
import { queryClient, useAccounts, useMe, useVersion } from '../live/queries.ts'
import { signOut } from '../live/session.ts'
import { settings } from '../live/settings.ts'
import { Menu } from '../parts/menu.tsx'
import { PrintableText, printable } from '../parts/printable-text.tsx'
import { exactTime, useNow } from '../parts/time.tsx'
import { Toast } from '../parts/toast.tsx'
import { paths } from '../paths.ts'
import { useKeys } from './keys.ts'

const KeyList = lazy(() => import('./key-list.tsx'))
const importPalette = () => import('./palette.tsx')
const LazyPalette = lazy(importPalette)
let loadedPalette: typeof LazyPalette | Awaited<ReturnType<typeof importPalette>>['default'] | undefined
// Loaded after the first page. A lazy component renders later than its key, and would miss the next key.
addEventListener('load', () => {
  importPalette().then(
    (loaded) => {
      loadedPalette = loaded.default
    },
    () => undefined,
  )
})

export function Shell({ children }: { children: ReactNode }) {
  const account = useAccount()
  const me = useMe()
  const accounts = useAccounts().data ?? []
  const version = useVersion().data
  const [path, navigate] = useLocation()
  const [isNavigationOpen, setNavigationOpen] = useState(false)
  const Palette = loadedPalette ?? LazyPalette
  const [overlay, setOverlay] = useState<'palette' | 'keys'>()
  useChanges(account)
  useKeys(account, setOverlay)
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
                {printable(`${name} · ${mode === 'aws' ? `AWS ${region}` : runtime}`)}
              </option>
            ))}
          </select>
          <button type="button" onClick={() => setOverlay('palette')}>
            Search or act… <span className="muted shortcut">Ctrl K</span>
          </button>
          <DisplaySettings onShowKeys={() => setOverlay('keys')} />
          <Menu label={<PrintableText text={me?.name ?? 'Signed out'} />}>
            <span className="muted">
              Role <PrintableText text={me?.role ?? ''} />
            </span>
            <button type="button" onClick={() => void signOut()}>
              Sign out
            </button>
          </Menu>
        </header>
        <AccountLine colour={accounts.find(({ name }) => name === accountInPath(path))?.console?.colour} />
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
        <a href="/docs">Documentation</a> · <PrintableText text={`ecs-api ${version?.version ?? ''}`} />
        <LastReceived account={account} />
        <ClockNote />
      </footer>
      <Toast />
      {/* Keys do not act on the page while a dialog is open. */}
      <Suspense fallback={<Dialog title="Loading">{null}</Dialog>}>
        {overlay === 'palette' && <Palette account={account} onClose={() => setOverlay(undefined)} />}
        {overlay === 'keys' && <KeyList onClose={() => setOverlay(undefined)} />}
      </Suspense>
    </div>
  )
}

/** A stream sends something every 15 s. After a longer silence than this the footer no longer shows `live`. */
const lateMs = 20_000

/** The time since the last data from the gateway: the pages may be that old. */
function LastReceived({ account }: { account: string | undefined }) {
  useNow()
  const silence = silenceMs()
  const isLive = account !== undefined && isChangesStreamOpen(account)
  return (
    <span className={silence > lateMs ? 'waiting' : undefined}>
      {' '}
      · {isLive && silence <= lateMs ? 'Live' : `Updated ${duration(silence)} ago`}
    </span>
  )
}

/** A note when the clock of this computer is wrong: its other programs then show other times than the pages. */
function ClockNote() {
  useNow()
  const aheadMs = clockAheadMs()
  if (aheadMs === 0) return null
  // The difference includes the time that the response took. Rounding to minutes removes it.
  const minutes = Math.round(Math.abs(aheadMs) / 60_000)
  const difference = `${duration(minutes > 0 ? minutes * 60_000 : Math.abs(aheadMs))} ${aheadMs > 0 ? 'ahead of' : 'behind'}`
  return (
    <span>
      {' '}
      · This computer’s clock is {difference} the gateway’s clock. Ages are computed with the gateway’s clock.
    </span>
  )
}

function isCurrent(path: string, href: string): boolean {
  if (href === paths.overview) return path === href
  if (path === href || path.startsWith(`${href}/`)) {
    // The addresses of services and tasks are below that of their cluster, but the navigation has links of their own.
    return !href.endsWith('/clusters') || /\/clusters(\/[^/]+)?$/.test(path)
  }
  if (href.endsWith('/services')) return /\/clusters\/[^/]+\/services\/|\/new\/service/.test(path)
  if (href.endsWith('/taskdefs')) return /\/new\/taskdef/.test(path)
  return href.endsWith('/tasks') && /\/clusters\/[^/]+\/tasks\//.test(path)
}

function DisplaySettings({ onShowKeys }: { onShowKeys: () => void }) {
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
      <button type="button" onClick={onShowKeys}>
        Keyboard shortcuts
      </button>
    </Menu>
  )
}

/** Tells the pages of one account, such as production, from those of others. */
const AccountLine = ({ colour }: { colour: string | undefined }) =>
  colour === undefined ? null : <div className="account-line" style={{ background: colour }} />

function ConnectionStrip() {
  const { lostAt } = useSyncExternalStore(connectionState.subscribe, connectionState.get)
  const { zone } = useSyncExternalStore(settings.subscribe, settings.get)
  useEffect(() => {
    if (lostAt === undefined) return
    const refetch = () => void queryClient.invalidateQueries()
    const timer = setInterval(refetch, 3000)
    addEventListener('online', refetch)
    return () => {
      clearInterval(timer)
      removeEventListener('online', refetch)
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
