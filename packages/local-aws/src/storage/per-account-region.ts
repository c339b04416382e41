/** Returns a function that opens a value for each account and Region at its first use, and caches it. */
export function perAccountRegion<T>(
  open: (account: string, region: string) => T,
): (account: string, region: string) => T {
  const openValues = new Map<string, T>()
  return (account, region) => {
    const name = `${account}/${region}`
    const value = openValues.get(name) ?? open(account, region)
    openValues.set(name, value)
    return value
  }
}
