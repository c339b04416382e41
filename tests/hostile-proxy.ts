/** A proxy in front of a gateway that adds control sequences to the texts of all responses. */
import { rewritingProxy } from './rewriting-proxy.ts'

/** Sequences that blink, clear the screen, set the title, move the cursor, reverse the text, set a colour, and ring. */
const controlSequences = '\u001b[5m\u001b[2J\u001b]0;title\u0007\u001b[1A\u202e\u009b31m\u0007'

/** The sequences that `ecs-api` never writes itself: found on the terminal, they come from a text of the gateway. */
export const hostileSequences: readonly string[] = ['\u001b[5m', '\u001b[2J', '\u001b]', '\u202e', '\u009b', '\u0007']

/** Fields whose value decides what a command does: enumerations, times, cursors, ids. They stay unchanged. */
const unchangedFields =
  /^(status|.*Status|state|outcome|severity|kind|type|mode|role|at|.*At|time|launchType|nextCursor|configVersion|id|arn|.*Arn|url)$/

/** @returns the address of the proxy */
export function hostileProxy(target: string): Promise<string> {
  return rewritingProxy(target, { request: withoutSequences, response: withSequences })
}

function withSequences(json: string): string {
  return JSON.stringify(JSON.parse(json), function (this: unknown, key: string, value: unknown) {
    if (typeof value !== 'string' || unchangedFields.test(key)) return value
    return `${value}${controlSequences}`
  })
}

/** Removes the sequences from a request, which has them encoded for a path, a query or JSON. */
function withoutSequences(text: string): string {
  return text
    .replaceAll(encodeURIComponent(controlSequences), '')
    .replaceAll(new URLSearchParams({ a: controlSequences }).toString().slice(2), '')
    .replaceAll(JSON.stringify(controlSequences).slice(1, -1), '')
}
