/**
 * The checks that ECS makes only after it has looked up the present state, such as the task role of a service with ECS
 * Exec. ECS has no dry run, so a plan applies the same rules itself.
 */
import type { Service } from '@aws-sdk/client-ecs'
import { type Fault, faultsOf, type RuleContext } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { problemOf } from '../aws/calls/errors.ts'

/** The state that ECS looks up. A rule finds nothing when the part that it needs is absent. */
type LookedUp = Pick<RuleContext, 'cluster' | 'definition'>

/** An input together with the state that it is checked against. */
interface Checked {
  input: object
  /** Present members that ECS merges the input with. */
  present?: object
  lookedUp?: LookedUp
}

/**
 * Rejects a call as ECS would.
 * @param before the present resource: an error that it has already is none of the change
 * @throws the problem of the first error
 */
export function rejectAsEcs(
  account: Pick<Account, 'name' | 'mode'>,
  action: string,
  change: Checked,
  before?: Checked,
): void {
  // The engine of a local account applies unverified rules, too.
  const faultsIn = ({ input, present, lookedUp = {} }: Checked): Fault[] =>
    faultsOf(action, { ...present, ...input }, lookedUp).filter(({ verified }) => verified || account.mode === 'local')
  const known = new Set(before && faultsIn(before).map(({ message }) => message))
  const fault = faultsIn(change).find(({ message }) => !known.has(message))
  if (!fault) return
  const rejection = Object.assign(new Error(fault.message), { name: fault.code, $metadata: { httpStatusCode: 400 } })
  throw problemOf(rejection, { account: account.name, action, input: change.input })
}

/** The members of a service that UpdateService merges its input with. */
export function updatedMembers(service: Service): object {
  const { serviceConnectConfiguration, volumeConfigurations, vpcLatticeConfigurations } =
    service.deployments?.find(({ status }) => status === 'PRIMARY') ?? {}
  const deployed = { serviceConnectConfiguration, volumeConfigurations, vpcLatticeConfigurations }
  const { serviceName, ...members } = service
  return withoutAbsent({ ...members, service: serviceName, ...deployed })
}

/** ECS returns an empty value or none for a member that is not set. */
function withoutAbsent(members: object): object {
  return Object.fromEntries(
    Object.entries(members).filter(
      ([, value]) => value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0),
    ),
  )
}
