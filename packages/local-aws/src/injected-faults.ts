/** Injected faults, which show how a client reacts to errors of AWS: `DescribeServices=throttle:2`, `*=slow:3000`. */
import { nearestName, operationNames } from '@ecs-api/ecs-model'
import type { Clock } from './clock.ts'
import { cloudWatchActions } from './cloudwatch/service.ts'
import { ec2Actions } from './ec2/service.ts'
import { logsActions } from './logs/service.ts'
import { AwsError, serverFault } from './protocol/aws-error.ts'
import { ConnectionCut } from './protocol/connection-cut.ts'
import type { Caller } from './protocol/exchange.ts'
import { taggingActions } from './tagging/service.ts'

/**
 * `cut` runs the action and closes the connection without a response; `half` closes it in the middle of the response.
 */
type FaultKind = 'throttle' | 'error' | 'expired' | 'denied' | 'slow' | 'cut' | 'half'

export interface InjectedFault {
  /** `*` means every action. */
  action: string
  kind: FaultKind
  /** How often the fault occurs; always if undefined. For `slow` it is the delay of each call in milliseconds. */
  amount?: number
  /** The account whose calls get the fault (twelve digits); all accounts if undefined. */
  account?: string
}

const kinds: readonly FaultKind[] = ['throttle', 'error', 'expired', 'denied', 'slow', 'cut', 'half']

/**
 * Parses `ACTION=KIND[:TIMES]`.
 * @throws Error for another form, with the right one, and for an action that the engine never calls.
 */
export function parseFault(text: string): InjectedFault {
  const [, action, kind, amount] = /^(\*|[A-Za-z]+)=([a-z]+)(?::(\d{1,7}))?$/.exec(text) ?? []
  const faultKind = kinds.find((candidate) => candidate === kind)
  if (!action || !faultKind || (faultKind === 'slow' && amount === undefined))
    throw new Error(
      `--fault takes ACTION=KIND[:TIMES], such as DescribeServices=throttle:2 or *=slow:3000 (milliseconds); kinds are ${kinds.join(', ')}. Not ${text}.`,
    )
  const names = ['*', ...operationNames(), ...cloudWatchActions, ...logsActions, ...taggingActions, ...ec2Actions]
  if (!names.includes(action)) {
    const suggestion = nearestName(action, names)
    throw new Error(
      `There is no action ${action} for a fault (${text})${suggestion ? `; did you mean ${suggestion}?` : '.'} Faults are for ECS's actions, CloudWatch's, CloudWatch Logs', EC2's and the Resource Groups Tagging API's.`,
    )
  }
  return { action, kind: faultKind, ...(amount !== undefined && { amount: Number(amount) }) }
}

interface Pending extends InjectedFault {
  times: number
}

/** The present faults. */
export class InjectedFaults {
  readonly #pending = new Set<Pending>()

  constructor(faults: readonly InjectedFault[]) {
    for (const fault of faults) this.add(fault)
  }

  /** Adds a fault, until the returned function is called. */
  add(fault: InjectedFault): () => void {
    const pending = {
      ...fault,
      times: fault.kind === 'slow' ? Number.POSITIVE_INFINITY : (fault.amount ?? Number.POSITIVE_INFINITY),
    }
    this.#pending.add(pending)
    return () => void this.#pending.delete(pending)
  }

  /** The faults that apply to this call. */
  due(action: string, account: string): Pending[] {
    const applies = (fault: Pending) =>
      (fault.action === '*' || fault.action === action) &&
      (fault.account === undefined || fault.account === account) &&
      fault.times > 0
    return [...this.#pending].filter(applies)
  }
}

type Service<Input, Output extends object> = (action: string, input: Input, caller: Caller) => Promise<Output>

/** The service's own names for things that every service has. */
export interface ServiceTerms {
  /** The service's prefix of actions in IAM. */
  prefix: string
  /** The service's error code for throttling. */
  throttled: string
}

/** Wraps the service so that faults occur before its actions, or for `cut` and `half` after them. */
export function withFaults<Input, Output extends object>(
  service: Service<Input, Output>,
  faults: InjectedFaults,
  clock: Clock,
  { prefix, throttled }: ServiceTerms,
): Service<Input, Output> {
  return async (action, body, caller) => {
    const due = faults.due(action, caller.account)
    for (const fault of due.filter(({ kind }) => kind === 'slow')) await pause(clock, fault.amount ?? 0)
    const fault = due.find(({ kind }) => kind !== 'slow')
    if (!fault) return service(action, body, caller)
    fault.times--
    switch (fault.kind) {
      case 'throttle':
        throw new AwsError(throttled, 'Rate exceeded')
      case 'error':
        throw serverFault()
      case 'expired':
        throw new AwsError('ExpiredTokenException', 'The security token included in the request is expired')
      case 'denied':
        throw new AwsError(
          'AccessDeniedException',
          `User: ${caller.arn} is not authorized to perform: ${prefix}:${action} on resource: * because no identity-based policy allows the ${prefix}:${action} action`,
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
