/** Thrown to close the connection without a response, or in the middle of `responseBody`. */
export class ConnectionCut extends Error {
  readonly responseBody: string | undefined

  constructor(message: string, responseBody?: string) {
    super(message)
    this.responseBody = responseBody
  }
}
