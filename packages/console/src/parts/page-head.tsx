/** The head of a page: breadcrumbs, title, buttons. It also sets the title of the browser's tab. */
import { Fragment, type ReactNode, useEffect } from 'react'
import { Link } from 'wouter'
import { PrintableText, printable } from './printable-text.tsx'

export function PageHead({
  crumbs = [],
  kind,
  title,
  tabTitle,
  children,
}: {
  crumbs?: [label: string, href: string][]
  /** The kind of the resource that the title names, such as `Service`. */
  kind?: string
  title: string
  /** The title of the browser's tab; `title` by default. */
  tabTitle?: string
  /** The buttons. */
  children?: ReactNode
}) {
  useEffect(() => {
    document.title = `${printable(tabTitle ?? title)}, ecs-api`
  }, [title, tabTitle])
  return (
    <>
      {crumbs.length > 0 && (
        <nav className="crumbs" aria-label="Breadcrumbs">
          {crumbs.map(([label, href], i) => (
            <Fragment key={href}>
              {i > 0 && ' / '}
              <Link href={href}>
                <PrintableText text={label} />
              </Link>
            </Fragment>
          ))}
        </nav>
      )}
      <div className="row spread">
        <div className="title">
          {kind && <span className="muted">{kind} </span>}
          <h1>
            <PrintableText text={title} />
          </h1>
        </div>
        <div className="row">{children}</div>
      </div>
    </>
  )
}
