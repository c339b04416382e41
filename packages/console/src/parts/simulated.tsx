/** Where the tasks of an account run, and notes for simulated containers, which have no process. */
import type { Task } from '@ecs-api/client'
import { useAccounts } from '../live/queries.ts'

/** The attribute `ecs-api.runtime` of a task names its runtime (docs/simulated-runtime.md). */
export const isSimulated = ({ attributes = [] }: Task) =>
  attributes.some(({ name, value }) => name === 'ecs-api.runtime' && value === 'simulated')

/** Whether the embedded engine, and not AWS, carries out the account's calls. */
export const useIsLocalAccount = (account: string) =>
  useAccounts().data?.find(({ name }) => name === account)?.mode === 'local'

export const useIsSimulatedAccount = (account: string) =>
  useAccounts().data?.find(({ name }) => name === account)?.runtime === 'simulated'

export const SimulatedFact = () => (
  <a href="/docs/concepts/simulated-runtime" title="No program runs in the containers.">
    simulated
  </a>
)

export function SimulatedNote({ account }: { account: string }) {
  if (!useIsSimulatedAccount(account)) return null
  return (
    <p className="muted" role="note">
      Containers of this account are simulated: they have no process, and every image with a valid name exists.{' '}
      <a href="/docs/concepts/simulated-runtime">How to make one fail</a>,{' '}
      <a href="/docs/concepts/containers">how to use real ones</a>.
    </p>
  )
}
