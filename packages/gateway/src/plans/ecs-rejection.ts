/**
 * Rejects a planned call by ECS's rules. Some rules need state that ECS looks up, such as the task role of a service
 * with ECS Exec. ECS has no dry run, so the gateway applies the rules itself.
 */
import type { Service } from '@aws-sdk/client-ecs'
import { type Fault, faultsOf, type RuleContext } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { problemOfAwsError } from '../aws/calls/errors.ts'
import { PlannedRejection } from '../shapes/planned-rejection.ts'

/** The state that ECS looks up. A rule is not applied when the part that it needs is absent. */
type LookedUpState = Pick<RuleContext, 'cluster' | 'definition'>

/** The input of a call, with the state that it is checked against. */
interface CheckedInput {
  input: object
  /** The current members of the resource, into which ECS merges the input. */
  currentMembers?: object
  state?: LookedUpState
}

/**
 * Rejects a call as ECS would.
 * @param before the resource before the change: an error that it already has does not reject the change
 * @throws the problem of the first error
 */
export function rejectAsEcs(
  account: Pick<Account, 'name' | 'mode'>,
  action: string,
  change: CheckedInput,
  before?: CheckedInput,
): void {
  // Local accounts use the engine, which also applies rules that AWS was not observed to apply.
  const faultsIn = ({ input, currentMembers, state = {} }: CheckedInput): Fault[] =>
    faultsOf(action, { ...currentMembers, ...input }, state).filter(
      ({ verified }) => verified || account.mode === 'local',
    )
  const messagesBefore = new Set(before && faultsIn(before).map(({ message }) => message))
  const fault = faultsIn(change).find(({ message }) => !messagesBefore.has(message))
  if (!fault) return
  throw problemOfAwsError(new PlannedRejection(fault), { account: account.name, action, input: change.input })
}

/** The members of a service into which UpdateService merges its input. */
export function updatedMembers(service: Service): object {
  const { serviceConnectConfiguration, volumeConfigurations, vpcLatticeConfigurations } =
    service.deployments?.find(({ status }) => status === 'PRIMARY') ?? {}
  const deployed = { serviceConnectConfiguration, volumeConfigurations, vpcLatticeConfigurations }
  const { serviceName, ...members } = service
  return withoutAbsent({ ...members, service: serviceName, ...deployed })
}

/** Removes members that are not set: ECS returns no value or an empty list for them. */
function withoutAbsent(members: object): object {
  return Object.fromEntries(
    Object.entries(members).filter(
      ([, value]) => value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0),
    ),
  )
}
