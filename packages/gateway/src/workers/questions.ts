/** What a worker asks its parent. It is answered as long as the parent lives, and the worker doesn't live longer. */
import type { Question, Reply } from './messages.ts'

interface Waiting {
  resolve: (result: unknown) => void
  reject: (error: Error) => void
}

export class Questions {
  readonly #send: (id: number, question: Question) => void
  readonly #waiting = new Map<number, Waiting>()
  #count = 0

  constructor(send: (id: number, question: Question) => void) {
    this.#send = send
  }

  ask<Result>(question: Question): Promise<Result> {
    const id = ++this.#count
    return new Promise<Result>((resolve, reject) => {
      this.#waiting.set(id, { resolve: (result) => resolve(result as Result), reject })
      this.#send(id, question)
    })
  }

  hear(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id)
    this.#waiting.delete(reply.id)
    if ('failure' in reply) waiting?.reject(new Error(reply.failure))
    else waiting?.resolve(reply.result)
  }
}
