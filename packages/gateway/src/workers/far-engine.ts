/** The embedded engine as a worker has it: it lives in the parent, and calls go there as messages. */
import type { Ground } from '../compose.ts'
import type { AccountAnswer, CallAnswer, Question, Reply } from './messages.ts'

interface Waiting {
  resolve: (result: unknown) => void
  reject: (error: Error) => void
}

export class FarEngine {
  readonly #send: (id: number, question: Question) => void
  readonly #waiting = new Map<number, Waiting>()
  #count = 0
  #runtime: AccountAnswer['runtime'] | undefined

  constructor(send: (id: number, question: Question) => void) {
    this.#send = send
  }

  hear(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id)
    this.#waiting.delete(reply.id)
    if ('failure' in reply) waiting?.reject(new Error(reply.failure))
    else waiting?.resolve(reply.result)
  }

  /** Its endpoints and its accounts' keys are the parent's business. */
  get ground(): Ground['engine'] {
    return {
      reach: async (account) => {
        const { inProcessHandler } = await import('@ecs-api/local-aws')
        const { subnets, runtime } = await this.#ask<AccountAnswer>({ about: 'account', account })
        this.#runtime = runtime
        const requestHandler = inProcessHandler(({ gone: _, ...call }) => this.#ask<CallAnswer>({ about: 'call', account, call }))
        return { requestHandler, subnets, runtime }
      },
      runtime: async () => this.#runtime,
      listen: async () => [],
      takeAccounts: async () => {},
      close: async () => {},
    }
  }

  /** It is answered as long as the parent lives, and this process doesn't live longer. */
  #ask<Result>(question: Question): Promise<Result> {
    const id = ++this.#count
    return new Promise<Result>((resolve, reject) => {
      this.#waiting.set(id, { resolve: (result) => resolve(result as Result), reject })
      this.#send(id, question)
    })
  }
}
