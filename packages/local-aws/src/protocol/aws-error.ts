/**
 * An error as AWS answers it. The message is AWS's own words, for the client to read: it never carries a secret.
 */
export class AwsError extends Error {
  readonly code: string
  readonly status: number
  /** Members that this exception has besides its message (`resourceIds` of ConflictException). */
  readonly members: Record<string, unknown>

  /** What the error was called when its service spoke the Query protocol, where clients still ask for that name. */
  readonly queryCode: string | undefined
  /** Without a message the answer carries none at all: ECS has such errors. */
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

/** What any failure of ours is to a client: AWS's word for a fault of its own, and nothing of the inside. */
export function serverFault(): AwsError {
  return new AwsError('ServerException', 'Service Unavailable. Please try again later.', { status: 500 })
}
