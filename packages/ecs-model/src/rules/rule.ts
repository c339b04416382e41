/** A path into an operation's input, in ECS's own member names. */
export type Path = readonly (string | number)[]

/** What is wrong with an input, in AWS's words. */
export interface Fault {
  /** AWS's exception: `ClientException`, `InvalidParameterException` … */
  code: string
  message: string
  path: Path
  /** Seen from real AWS, or part of the documented contract. An unverified rule is applied by the engine only. */
  verified: boolean
  /** What would be possible instead. */
  hint?: string
}

/** One finding of a rule: where (relative to the structure that the rule is on), what AWS says, and what would be possible. */
export type Finding = readonly [path: Path, message: string, hint?: string]

/** A rule on one structure of ECS's, wherever it stands in an input. */
export interface Rule<T = never, Root = never> {
  on: string
  code: string
  /** `V`: seen from real AWS; `doc`: AWS's documentation says so; `u`: unverified. Then where. */
  source: string
  find(value: T, root: Root): Iterable<Finding>
}

/** The rules of a table, all on inputs of one kind of root. */
export function rule<T, Root = unknown>(on: string, code: string, source: string, find: (value: T, root: Root) => Iterable<Finding>): Rule {
  return { on, code, source, find } as unknown as Rule
}
