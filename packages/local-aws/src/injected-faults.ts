/** Injected faults, to test how a client reacts to errors of AWS: `DescribeServices=throttle:2`, `*=slow:3000`. */
import { nearestName, operationNames } from '@ecs-api/ecs-model'
import type { Clock } from './clock.ts'
import { inputs as cloudWatchInputs } from './cloudwatch/inputs.generated.ts'
import { ec2Actions } from './ec2/service.ts'
import { inputs as logsInputs } from './logs/inputs.generated.ts'
import { AwsError, serverFault } from './protocol/aws-error.ts'
import { ConnectionCut } from './protocol/connection-cut.ts'
import type { Caller } from './protocol/exchange.ts'
import { inputs as taggingInputs } from './tagging/inputs.generated.ts'

/**
 * `cut` runs the action and closes the connection without a response; `half` closes it in the middle of the response.
 */
type FaultKind = 'throttle' | 'error' | 'expired' | 'denied' | 'slow' | 'cut' | 'half'

export interface InjectedFault {
  /** `*` means every action. */
  action: string
  kind: FaultKind
  /** How often the fault occurs; undefined means always. For `slow`: the delay of each call in milliseconds. */
  amount?: number
  /** The account whose calls get the fault (twelve digits); all accounts if undefined. */
  account?: string
}

const kinds: readonly FaultKind[] = ['throttle', 'error', 'expired', 'denied', 'slow', 'cut', 'half']

/**
 * Parses `ACTION=KIND[:TIMES]`.
 * @throws Error for a text of another form, and for an action that no service with faults has.
 */
export function parseFault(text: string): InjectedFault {
  const [, action, kind, amount] = /^(\*|[A-Za-z]+)=([a-z]+)(?::(\d{1,7}))?$/.exec(text) ?? []
  const faultKind = kinds.find((candidate) => candidate === kind)
  if (!action || !faultKind || (faultKind === 'slow' && amount === undefined))
    throw new Error(
      `--fault takes ACTION=KIND[:TIMES], such as DescribeServices=throttle:2 or *=slow:3000 (milliseconds); kinds are ${kinds.join(', ')}. Not ${text}.`,
    )
  const inputs = [cloudWatchInputs, logsInputs, taggingInputs]
  const names = ['*', ...operationNames(), ...inputs.flatMap(({ actions }) => Object.keys(actions)), ...ec2Actions]
  if (!names.includes(action)) {
    const suggestion = nearestName(action, names)
    throw new Error(
      `There is no action ${action} for a fault (${text})${suggestion ? `; did you mean ${suggestion}?` : '.'} Faults are for ECS's actions, CloudWatch's, CloudWatch Logs', EC2's and the Resource Groups Tagging API's.`,
    )
  }
  return { action, kind: faultKind, ...(amount !== undefined && { amount: Number(amount) }) }
}

interface ActiveFault extends InjectedFault {
  remainingTimes: number
}

/** The faults that are injected now. */
export class InjectedFaults {
  readonly #active = new Set<ActiveFault>()

  constructor(faults: readonly InjectedFault[]) {
    for (const fault of faults) this.add(fault)
  }

  /** Adds a fault, until the returned function is called. */
  add(fault: InjectedFault): () => void {
    const active = {
      ...fault,
      remainingTimes: fault.kind === 'slow' ? Number.POSITIVE_INFINITY : (fault.amount ?? Number.POSITIVE_INFINITY),
    }
    this.#active.add(active)
    return () => void this.#active.delete(active)
  }

  /** The faults that apply to this call. */
  dueFaults(action: string, account: string): ActiveFault[] {
    const applies = (fault: ActiveFault) =>
      (fault.action === '*' || fault.action === action) &&
      (fault.account === undefined || fault.account === account) &&
      fault.remainingTimes > 0
    return [...this.#active].filter(applies)
  }
}

type Service<Input, Output extends object> = (action: string, input: Input, caller: Caller) => Promise<Output>

/** The names that a service uses in its errors. */
export interface ServiceTerms {
  /** The service's prefix of actions in IAM. */
  iamPrefix: string
  /** The service's error code for throttling. */
  throttlingCode: string
}

/** Wraps the service so that faults occur before its actions, or for `cut` and `half` after them. */
export function withFaults<Input, Output extends object>(
  service: Service<Input, Output>,
  faults: InjectedFaults,
  clock: Clock,
  { iamPrefix, throttlingCode }: ServiceTerms,
): Service<Input, Output> {
  return async (action, body, caller) => {
    const due = faults.dueFaults(action, caller.account)
    for (const fault of due.filter(({ kind }) => kind === 'slow')) await pause(clock, fault.amount ?? 0)
    const fault = due.find(({ kind }) => kind !== 'slow')
    if (!fault) return service(action, body, caller)
    fault.remainingTimes--
    switch (fault.kind) {
      case 'throttle':
        throw new AwsError(throttlingCode, 'Rate exceeded')
      case 'error':
        throw serverFault()
      case 'expired':
        throw new AwsError('ExpiredTokenException', 'The security token included in the request is expired')
      case 'denied':
        throw new AwsError(
          'AccessDeniedException',
          `User: ${caller.arn} is not authorized to perform: ${iamPrefix}:${action} on resource: * because no identity-based policy allows the ${iamPrefix}:${action} action`,
        )
      case 'cut':
        await service(action, body, caller)
        throw new ConnectionCut(`The connection is cut after ${action}.`)
      case 'half':
        throw new ConnectionCut(
          `The connection is cut in the middle of the answer to ${action}.`,
          JSON.stringify(await service(action, body, caller)),
        )
      case 'slow':
        return service(action, body, caller)
    }
  }
}

function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.at(clock.now() + ms, resolve)
  })
}
