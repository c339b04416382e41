/** Faults on purpose, for whoever wants to see what a client makes of them: `DescribeServices=throttle:2`, `*=slow:3000`. */
import type { Clock } from './clock.ts'
import { AwsError, serverFault } from './protocol/aws-error.ts'
import type { JsonService } from './protocol/aws-json.ts'

/** `cut`: the action is done, and the connection is cut instead of an answer. */
type FaultKind = 'throttle' | 'error' | 'expired' | 'denied' | 'slow' | 'cut'

export interface InjectedFault {
  /** `*` for every one. */
  action: string
  kind: FaultKind
  /** How often; for ever unless given. Of `slow` it is for how many milliseconds, each time. */
  amount?: number
}

const kinds: readonly FaultKind[] = ['throttle', 'error', 'expired', 'denied', 'slow', 'cut']

/** @throws Error for what is none, with the form that one has. */
export function readFault(text: string): InjectedFault {
  const [, action, kind, amount] = /^(\*|[A-Za-z]+)=([a-z]+)(?::(\d{1,7}))?$/.exec(text) ?? []
  const known = kinds.find((one) => one === kind)
  if (!action || !known || (known === 'slow' && amount === undefined))
    throw new Error(
      `--fault takes ACTION=KIND[:TIMES], such as DescribeServices=throttle:2 or *=slow:3000 (milliseconds); kinds are ${kinds.join(', ')}. Not ${text}.`,
    )
  return { action, kind: known, ...(amount !== undefined && { amount: Number(amount) }) }
}

/** What a door answers with by cutting the connection. */
export class ConnectionCut extends Error {}

/** The service with the faults before (and, for `cut`, behind) it. */
export function faulty(service: JsonService, faults: readonly InjectedFault[], clock: Clock): JsonService {
  const left = faults.map((fault) => ({
    ...fault,
    times: fault.kind === 'slow' ? Number.POSITIVE_INFINITY : (fault.amount ?? Number.POSITIVE_INFINITY),
  }))
  return async (action, body, caller) => {
    const due = left.filter((fault) => (fault.action === '*' || fault.action === action) && fault.times > 0)
    for (const fault of due.filter(({ kind }) => kind === 'slow')) await pause(clock, fault.amount ?? 0)
    const fault = due.find(({ kind }) => kind !== 'slow')
    if (!fault) return service(action, body, caller)
    fault.times--
    switch (fault.kind) {
      case 'throttle':
        throw new AwsError('ThrottlingException', 'Rate exceeded')
      case 'error':
        throw serverFault()
      case 'expired':
        throw new AwsError('ExpiredTokenException', 'The security token included in the request is expired')
      case 'denied':
        throw new AwsError(
          'AccessDeniedException',
          `User: ${caller.arn} is not authorized to perform: ecs:${action} on resource: * because no identity-based policy allows the ecs:${action} action`,
        )
      case 'cut':
        await service(action, body, caller)
        throw new ConnectionCut(`The connection is cut after ${action}.`)
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
