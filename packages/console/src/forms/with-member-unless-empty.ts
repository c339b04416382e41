/** A copy of the object with the member set, or without the member when the value is empty. */
export function withMemberUnlessEmpty<T extends object>(object: T, member: string, value: unknown): T {
  const { [member]: _, ...others } = object as Record<string, unknown>
  const isEmpty =
    value === undefined || value === '' || (typeof value === 'object' && Object.keys(value ?? {}).length === 0)
  return (isEmpty ? others : { ...object, [member]: value }) as T
}
