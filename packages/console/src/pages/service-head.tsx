/** The head of a service's page: where the service is, its name, and what can be done with it. */
import type { Action } from '../actions.ts'
import { ActionButton } from '../parts/action-button.tsx'
import { Menu } from '../parts/menu.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { paths } from '../paths.ts'

/** The actions that a person needs rarely. The others do not move when a deployment begins or ends. */
const isFolded = ({ id }: Action) => ['tags', 'settings', 'delete'].includes(id)

export function ServiceHead({
  account,
  cluster,
  name,
  state,
  actions,
  onPress,
}: {
  account: string
  cluster: string
  name: string
  /** The state in the title of the tab, such as `failing`; undefined for a service without a change or a failure. */
  state: string | undefined
  actions: readonly Action[]
  onPress: (action: Action) => void
}) {
  const { true: folded = [], false: shown = [] } = Object.groupBy(actions, (each) =>
    isFolded(each) ? 'true' : 'false',
  )
  const buttonsOf = (some: readonly Action[]) =>
    some.map((each) => <ActionButton key={each.id} action={each} onPress={() => onPress(each)} />)
  return (
    <PageHead
      crumbs={[
        [account, paths.services(account)],
        [cluster, paths.cluster(account, cluster)],
        ['Services', paths.services(account)],
      ]}
      kind="Service"
      title={name}
      tabTitle={`${name}, ${cluster}${state === undefined ? '' : `: ${state}`}`}
    >
      {buttonsOf(shown)}
      {folded.length > 0 && (
        <Menu label="More" closesOnAction>
          {buttonsOf(folded)}
        </Menu>
      )}
    </PageHead>
  )
}
