/** A thing that can carry tags, as the service that holds it tells of it. */
export interface TaggedResource {
  arn: string
  /** As a filter of the Resource Groups Tagging API names it: `ecs:service`. */
  type: string
  tags: ReadonlyMap<string, string>
}

/** From a service's list of pairs, whatever it calls their members. */
export function tagMap(
  pairs: Iterable<readonly [key: string | undefined, value: string | undefined]>,
): Map<string, string> {
  return new Map(Array.from(pairs, ([key = '', value = '']) => [key, value]))
}
