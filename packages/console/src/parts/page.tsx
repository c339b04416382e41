/** The head of a page: where it is, its name, its buttons; and the title of the tab. */
import { Fragment, type ReactNode, useEffect } from 'react'
import { Link } from 'wouter'
import { ExternalText, visible } from './external-text.tsx'

export function PageHead({
  crumbs = [],
  title,
  tabTitle,
  children,
}: {
  crumbs?: [label: string, to: string][]
  title: string
  /** Of the browser's tab; the page's name by default. */
  tabTitle?: string
  children?: ReactNode
}) {
  useEffect(() => {
    document.title = `${visible(tabTitle ?? title)}, ecs-api`
  }, [title, tabTitle])
  return (
    <>
      {crumbs.length > 0 && (
        <nav className="crumbs" aria-label="Breadcrumbs">
          {crumbs.map(([label, to], i) => (
            <Fragment key={to}>
              {i > 0 && ' / '}
              <Link href={to}>
                <ExternalText text={label} />
              </Link>
            </Fragment>
          ))}
        </nav>
      )}
      <div className="row spread">
        <h1>
          <ExternalText text={title} />
        </h1>
        <div className="row">{children}</div>
      </div>
    </>
  )
}
