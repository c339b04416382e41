/** The routes of the console: the page of each address. */
import { lazy, type ReactNode, Suspense, useSyncExternalStore } from 'react'
import { Route, Switch, useLocation, useParams } from 'wouter'
import { Dialog } from '../dialogs/dialog.tsx'
import { useAccounts } from '../live/queries.ts'
import { session } from '../live/session.ts'
import { OverviewPage } from '../pages/overview.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { decodeSegment, serviceTabs } from '../paths.ts'
import { PageBoundary } from './page-boundary.tsx'
import { Shell } from './shell.tsx'
import { SignInForm, useSignInFromAddress } from './sign-in.tsx'

const ClusterPage = lazy(() => import('../pages/cluster.tsx').then(({ ClusterPage }) => ({ default: ClusterPage })))
const ClustersPage = lazy(() => import('../pages/clusters.tsx').then(({ ClustersPage }) => ({ default: ClustersPage })))
const importServicePage = () => import('../pages/service.tsx')
const ServicePage = lazy(importServicePage)
const importServicesPage = () => import('../pages/services.tsx')
const ServicesPage = lazy(importServicesPage)
// The pages that most links of the overview lead to are loaded after the first page.
addEventListener('load', () => {
  for (const load of [importServicePage, importServicesPage]) load().catch(() => undefined)
})
const TasksPage = lazy(() => import('../pages/tasks.tsx'))
const TaskPage = lazy(() => import('../pages/task.tsx').then(({ TaskPage }) => ({ default: TaskPage })))
const DeploymentPage = lazy(() => import('../pages/deployment.tsx'))
const DiffPage = lazy(() => import('../pages/diff.tsx'))
const TerminalPage = lazy(() => import('../pages/terminal.tsx'))
const TaskDefinitionsPage = lazy(() => import('../pages/task-definitions.tsx'))
const TaskDefinitionPage = lazy(() => import('../pages/task-definition.tsx'))
const NewServicePage = lazy(() => import('../pages/new-service.tsx'))
const NewTaskDefinitionPage = lazy(() => import('../pages/new-task-definition.tsx'))
const AuditPage = lazy(() => import('../pages/audit.tsx'))
const TokensPage = lazy(() => import('../pages/tokens.tsx'))

type Params = Record<'account' | 'cluster' | 'service' | 'id' | 'name' | 'tab' | 'from' | 'to', string>

/** A page of an account: passes the decoded parameters of the address to `children`. */
function DecodedParams({ children }: { children: (params: Params) => ReactNode }) {
  const accounts = useAccounts().data
  // The router leaves characters encoded that separate parts of an address, such as `%3A`.
  const decoded = Object.entries(useParams()).map(([name, value]) => [name, decodeSegment(String(value))])
  const params = Object.fromEntries(decoded) as Params
  if (accounts?.every(({ name }) => name !== params.account))
    return (
      <>
        <PageHead title={`There is no account “${params.account}”`} />
        <p>Its name is wrong, or your token does not have it. Choose an account at the top of the page.</p>
      </>
    )
  return children(params)
}

export function App() {
  const state = useSyncExternalStore(session.subscribe, session.get)
  const { question, error } = useSignInFromAddress(state)
  const [path] = useLocation()
  if (state.kind === 'unknown') return <p className="panel muted">Connecting to the gateway.</p>
  if (state.kind === 'signed-out' && state.dataVisibleTo === '')
    return (
      <main className="main" style={{ maxWidth: 480, margin: '10vh auto 0' }}>
        <h1>Sign in to ecs-api</h1>
        <SignInForm reason={error ?? state.reason} />
        {question}
      </main>
    )
  return (
    <Shell key={state.dataVisibleTo}>
      <PageBoundary path={path}>
        <Suspense fallback={<p className="muted">Loading.</p>}>
          <Pages />
        </Suspense>
      </PageBoundary>
      {question}
      {state.kind === 'signed-out' && (
        <Dialog title="Sign in to go on">
          <SignInForm reason={error ?? state.reason} />
        </Dialog>
      )}
    </Shell>
  )
}

const serviceRoute = '/console/:account/clusters/:cluster/services/:service'

function Pages() {
  return (
    <Switch>
      <Route path="/">
        <OverviewPage />
      </Route>
      <Route path="/console/admin/audit">
        <AuditPage />
      </Route>
      <Route path="/console/admin/tokens">
        <TokensPage />
      </Route>
      <Route path="/console/:account/services">
        <DecodedParams>{({ account }) => <ServicesPage account={account} />}</DecodedParams>
      </Route>
      <Route path="/console/:account/new/service">
        <DecodedParams>{({ account }) => <NewServicePage key={account} account={account} />}</DecodedParams>
      </Route>
      <Route path="/console/:account/new/taskdef">
        <DecodedParams>{({ account }) => <NewTaskDefinitionPage key={account} account={account} />}</DecodedParams>
      </Route>
      <Route path="/console/:account/tasks">
        <DecodedParams>{({ account }) => <TasksPage account={account} />}</DecodedParams>
      </Route>
      <Route path="/console/:account/taskdefs">
        <DecodedParams>{({ account }) => <TaskDefinitionsPage account={account} />}</DecodedParams>
      </Route>
      <Route path="/console/:account/taskdefs/:name">
        <DecodedParams>{({ account, name }) => <TaskDefinitionPage account={account} name={name} />}</DecodedParams>
      </Route>
      <Route path="/console/:account/clusters">
        <DecodedParams>{({ account }) => <ClustersPage account={account} />}</DecodedParams>
      </Route>
      <Route path="/console/:account/clusters/:cluster">
        <DecodedParams>{({ account, cluster }) => <ClusterPage account={account} cluster={cluster} />}</DecodedParams>
      </Route>
      <Route path={`${serviceRoute}/deployments/:id`}>
        <DecodedParams>{(params) => <DeploymentPage {...params} />}</DecodedParams>
      </Route>
      <Route path={`${serviceRoute}/releases/:from/diff/:to`}>
        <DecodedParams>
          {({ from, to, ...params }) => <DiffPage {...params} fromRelease={Number(from)} toRelease={Number(to)} />}
        </DecodedParams>
      </Route>
      {serviceTabs.map((tab) => (
        <Route key={tab} path={tab === 'tasks' ? serviceRoute : `${serviceRoute}/${tab}`}>
          <DecodedParams>
            {(params) => <ServicePage key={`${params.cluster}/${params.service}`} {...params} tab={tab} />}
          </DecodedParams>
        </Route>
      ))}
      <Route path="/console/:account/clusters/:cluster/tasks/:id/terminal">
        <DecodedParams>{(params) => <TerminalPage {...params} />}</DecodedParams>
      </Route>
      <Route path="/console/:account/clusters/:cluster/tasks/:id">
        <DecodedParams>{(params) => <TaskPage {...params} />}</DecodedParams>
      </Route>
      <Route>
        <PageHead title="There is no such page" />
        <p>
          The address is wrong, or the page has moved.{' '}
          <a className="in-text" href="/">
            Go to the overview
          </a>
        </p>
      </Route>
    </Switch>
  )
}
