/** A resource with its tags, in the form that services report it to the Resource Groups Tagging API. */
export interface TaggedResource {
  arn: string
  /** The type in filters of the Resource Groups Tagging API: `ecs:service`. */
  type: string
  tags: ReadonlyMap<string, string>
}

/** Makes a map from a service's list of pairs. */
export function tagMap(
  pairs: Iterable<readonly [key: string | undefined, value: string | undefined]>,
): Map<string, string> {
  return new Map(Array.from(pairs, ([key = '', value = '']) => [key, value]))
}
