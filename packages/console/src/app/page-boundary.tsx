/**
 * Stands in place of a page that failed. Either a file of the console could not be loaded, since the gateway
 * does not respond or has another version of the console, or the page has a bug. The other pages still work.
 */
import { Component, type ReactNode, useEffect } from 'react'
import { storeItem } from '../live/store-item.ts'
import { PageHead } from '../parts/page-head.tsx'
import { printable } from '../parts/printable-text.tsx'

interface Props {
  /** The address of the page. At another address the failure is forgotten. */
  path: string
  children: ReactNode
}

export class PageBoundary extends Component<Props, { failure?: { error: unknown } | undefined }> {
  override state: { failure?: { error: unknown } | undefined } = {}

  static getDerivedStateFromError(error: unknown) {
    return { failure: { error } }
  }

  override componentDidUpdate({ path }: Props) {
    if (this.state.failure && path !== this.props.path) this.setState({ failure: undefined })
  }

  override render() {
    const { failure } = this.state
    if (!failure) return this.props.children
    return loadErrors.has(failure.error as object) ? <FileMissing /> : <Fault error={failure.error} />
  }
}

/** The errors of imports. Vite reports each one before it rejects the import. */
const loadErrors = new WeakSet<object>()
addEventListener('vite:preloadError', (event) => loadErrors.add((event as Event & { payload: object }).payload))

const retryMs = 2000
/** After an earlier reload that is younger than this, the page is not reloaded by itself: it would never end. */
const minReloadDistanceMs = 30_000
const reloadedAtKey = 'ecs-api-reloaded-at'

function FileMissing() {
  const hasJustReloaded = Date.now() - Number(sessionStorage.getItem(reloadedAtKey)) < minReloadDistanceMs
  useEffect(() => {
    if (hasJustReloaded) return
    const timer = setInterval(async () => {
      const response = await fetch('/console', { cache: 'no-store' }).catch(() => undefined)
      if (!response?.ok) return
      storeItem(sessionStorage, reloadedAtKey, String(Date.now()))
      location.reload()
    }, retryMs)
    return () => clearInterval(timer)
  }, [hasJustReloaded])
  return (
    <Failed title="This page could not be loaded">
      {hasJustReloaded
        ? 'The gateway lacks a file of the console. If the gateway was updated just now, try again in a minute.'
        : 'The gateway does not respond, or it was updated. The page is loaded as soon as the gateway responds.'}
    </Failed>
  )
}

function Fault({ error }: { error: unknown }) {
  return (
    <Failed title="This page failed">
      It is a fault of the console; the other pages still work. Report this text: {printable(String(error))}
    </Failed>
  )
}

function Failed({ title, children }: { title: string; children: ReactNode }) {
  return (
    <>
      <PageHead title={title} />
      <p role="alert">{children}</p>
      <button type="button" onClick={() => location.reload()}>
        Load again
      </button>
    </>
  )
}
