/** Ids of new resources, in AWS's forms. */
import { randomBytes, randomInt, randomUUID } from 'node:crypto'

/** The source of new ids. The engine gets it as an argument, so that a test can predict the ids. */
export interface Ids {
  /** Lower-case hexadecimal digits: 32 for a task's id, 17 after `eni-`. */
  hex(length: number): string
  /** Decimal digits, of which the first may be 0: 19 in `ecs-svc/…`. */
  digits(length: number): string
  /** `A-Z a-z 0-9 _ -`: 21 for a service deployment. */
  urlSafe(length: number): string
  /** `A-Z a-z 0-9`: the six at the end of a secret's ARN. */
  alphanumeric(length: number): string
  uuid(): string
}

const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

export const randomIds: Ids = {
  hex: (length) =>
    randomBytes(Math.ceil(length / 2))
      .toString('hex')
      .slice(0, length),
  digits: (length) => Array.from({ length }, () => randomInt(10)).join(''),
  urlSafe: (length) => randomBytes(length).toString('base64url').slice(0, length),
  alphanumeric: (length) => Array.from({ length }, () => ALPHANUMERIC[randomInt(ALPHANUMERIC.length)]).join(''),
  uuid: randomUUID,
}
