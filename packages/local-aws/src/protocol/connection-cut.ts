/** What a door answers with by cutting the connection, instead of an answer or, where there is one, in the middle of it. */
export class ConnectionCut extends Error {
  readonly answer: string | undefined

  constructor(message: string, answer?: string) {
    super(message)
    this.answer = answer
  }
}
