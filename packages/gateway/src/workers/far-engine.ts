/** The embedded engine as a worker has it: it lives in the parent, and calls go there as messages. */
import type { Ground } from '../compose.ts'
import type { AccountAnswer, CallAnswer } from './messages.ts'
import type { Questions } from './questions.ts'

export class FarEngine {
  readonly #parent: Questions
  #runtime: AccountAnswer['runtime'] | undefined

  constructor(parent: Questions) {
    this.#parent = parent
  }

  /** Its endpoints and its accounts' keys are the parent's business. */
  get ground(): Ground['engine'] {
    return {
      reach: async (account) => {
        const { inProcessHandler } = await import('@ecs-api/local-aws')
        const { subnets, runtime } = await this.#parent.ask<AccountAnswer>({ about: 'account', account })
        this.#runtime = runtime
        const requestHandler = inProcessHandler(({ gone: _, ...call }) => this.#parent.ask<CallAnswer>({ about: 'call', account, call }))
        return { requestHandler, subnets, runtime }
      },
      runtime: async () => this.#runtime,
      listen: async () => [],
      takeAccounts: async () => {},
      close: async () => {},
    }
  }
}
