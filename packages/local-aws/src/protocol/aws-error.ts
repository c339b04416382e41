/** An error in AWS's form. The message is AWS's own text and is shown to the client, so it never contains a secret. */
export class AwsError extends Error {
  readonly code: string
  readonly status: number
  /** Members of this exception besides its message (`resourceIds` of ConflictException). */
  readonly members: Record<string, unknown>

  /**
   * The error's code in the Query protocol, for services that used it in the past. Some clients still need that code.
   */
  readonly queryCode: string | undefined
  /** @param message undefined for an error without a message: some errors of ECS have none */
  constructor(
    code: string,
    message?: string,
    {
      status = 400,
      members = {},
      queryCode,
    }: { status?: number; members?: Record<string, unknown>; queryCode?: string } = {},
  ) {
    super(message ?? '')
    this.name = code
    this.code = code
    this.status = status
    this.members = members
    this.queryCode = queryCode
  }
}

/** The error that a client gets for a defect of the engine. It contains no details. */
export function serverFault(): AwsError {
  return new AwsError('ServerException', 'Service Unavailable. Please try again later.', { status: 500 })
}
