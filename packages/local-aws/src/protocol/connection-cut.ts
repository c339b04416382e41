/** Thrown to close the connection without a response, or in the middle of the response body `answer`. */
export class ConnectionCut extends Error {
  readonly answer: string | undefined

  constructor(message: string, answer?: string) {
    super(message)
    this.answer = answer
  }
}
