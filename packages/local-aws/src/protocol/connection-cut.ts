/** Thrown to close the connection instead of a response, or in the middle of the response `answer`. */
export class ConnectionCut extends Error {
  readonly answer: string | undefined

  constructor(message: string, answer?: string) {
    super(message)
    this.answer = answer
  }
}
