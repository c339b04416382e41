/** Faults on purpose, for whoever wants to see what a client makes of them: `DescribeServices=throttle:2`, `*=slow:3000`. */
import { nearestName, operationNames } from '@ecs-api/ecs-model'
import type { Clock } from './clock.ts'
import { ec2Actions } from './ec2/service.ts'
import { AwsError, serverFault } from './protocol/aws-error.ts'
import { ConnectionCut } from './protocol/connection-cut.ts'
import type { Caller } from './protocol/exchange.ts'
import { taggingActions } from './tagging/service.ts'

/** `cut`: the action is done, and the connection is cut instead of an answer; `half`: in the middle of it. */
type FaultKind = 'throttle' | 'error' | 'expired' | 'denied' | 'slow' | 'cut' | 'half'

export interface InjectedFault {
  /** `*` for every one. */
  action: string
  kind: FaultKind
  /** How often; for ever unless given. Of `slow` it is for how many milliseconds, each time. */
  amount?: number
  /** Only calls of this account (twelve digits). */
  account?: string
}

const kinds: readonly FaultKind[] = ['throttle', 'error', 'expired', 'denied', 'slow', 'cut', 'half']

/** @throws Error for what is none, with the form that one has, and for an action that never comes. */
export function readFault(text: string): InjectedFault {
  const [, action, kind, amount] = /^(\*|[A-Za-z]+)=([a-z]+)(?::(\d{1,7}))?$/.exec(text) ?? []
  const known = kinds.find((one) => one === kind)
  if (!action || !known || (known === 'slow' && amount === undefined))
    throw new Error(
      `--fault takes ACTION=KIND[:TIMES], such as DescribeServices=throttle:2 or *=slow:3000 (milliseconds); kinds are ${kinds.join(', ')}. Not ${text}.`,
    )
  const names = ['*', ...operationNames(), ...taggingActions, ...ec2Actions]
  if (!names.includes(action)) {
    const meant = nearestName(action, names)
    throw new Error(
      `There is no action ${action} that could go wrong (${text})${meant ? `; did you mean ${meant}?` : '.'} Faults are for ECS's actions, EC2's and the Resource Groups Tagging API's.`,
    )
  }
  return { action, kind: known, ...(amount !== undefined && { amount: Number(amount) }) }
}

interface Pending extends InjectedFault {
  times: number
}

/** The faults that there are now. */
export class InjectedFaults {
  readonly #pending = new Set<Pending>()

  constructor(faults: readonly InjectedFault[]) {
    for (const fault of faults) this.add(fault)
  }

  /** From now on, until what it answers is called. */
  add(fault: InjectedFault): () => void {
    const pending = {
      ...fault,
      times: fault.kind === 'slow' ? Number.POSITIVE_INFINITY : (fault.amount ?? Number.POSITIVE_INFINITY),
    }
    this.#pending.add(pending)
    return () => void this.#pending.delete(pending)
  }

  /** Those that are due for this call. */
  due(action: string, account: string): Pending[] {
    const isMeant = (fault: Pending) =>
      (fault.action === '*' || fault.action === action) &&
      (fault.account === undefined || fault.account === account) &&
      fault.times > 0
    return [...this.#pending].filter(isMeant)
  }
}

type Service<Input, Output extends object> = (action: string, input: Input, caller: Caller) => Promise<Output>

/** What a service calls what all have. */
export interface ServiceWords {
  /** Before an action, in IAM. */
  prefix: string
  /** The error of who asks too often. */
  throttled: string
}

/** The service with the faults before (and, for `cut` and `half`, behind) it. */
export function faulty<Input, Output extends object>(
  service: Service<Input, Output>,
  faults: InjectedFaults,
  clock: Clock,
  { prefix, throttled }: ServiceWords,
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
