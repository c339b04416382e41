/** What a handler gives back when it isn't just a value to be sent with 200. */
export class Answer<T = unknown> {
  readonly status: number
  readonly value: T
  readonly headers: Readonly<Record<string, string>>
  /** What a replay of the call shows. */
  readonly kept: unknown

  constructor(status: number, value: T, headers: Readonly<Record<string, string>> = {}, kept: unknown = value) {
    this.status = status
    this.value = value
    this.headers = headers
    this.kept = kept
  }

  /** The same answer, of which a replay shows something else: without the secret that is shown once. */
  keptAs(kept: unknown): Answer<T> {
    return new Answer(this.status, this.value, this.headers, kept)
  }
}

/** The forms of answer that a handler can choose from; a plain value is 200. */
export interface Reply {
  /** 200, for what is more than its value. */
  ok<T>(value: T): Answer<T>
  /** 201. `location` is the resource's path below the base path, such as `/nonprod/clusters/web`; left out where there is not just one. */
  created<T>(value: T, location?: string): Answer<T>
  /** 202: the time ran out before it was done; nothing is undone. */
  accepted<T>(value: T, location?: string): Answer<T>
  /** 302 to `location`, a path from the root. */
  redirect(location: string): Answer<null>
}

export function replyUnder(base: string): Reply {
  const located = (location: string | undefined): Record<string, string> =>
    location === undefined ? {} : { location: base + location }
  return {
    ok: (value) => new Answer(200, value),
    created: (value, location) => new Answer(201, value, located(location)),
    accepted: (value, location) => new Answer(202, value, located(location)),
    redirect: (location) => new Answer(302, null, { location }),
  }
}

/** An answer whose bytes are ready; a handler may give one back in place of a value. */
export interface ReadyAnswer {
  payload: Buffer
  etag: string
  /** When what it says was true, on the clock of `performance.now()`. */
  at: number
  nextCursor?: string
  /** What answers the same question now, for who leaves its age to this service and where nothing has to be asked first. */
  again?: () => ReadyAnswer | undefined
}

/** No value that becomes JSON holds bytes. */
export function isReady(value: unknown): value is ReadyAnswer {
  return typeof value === 'object' && value !== null && 'payload' in value && Buffer.isBuffer(value.payload)
}
