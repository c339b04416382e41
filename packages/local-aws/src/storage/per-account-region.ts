/** Caches the value of each account and Region, and opens it at the first use. */
export function perAccountRegion<T>(
  open: (account: string, region: string) => T,
): (account: string, region: string) => T {
  const opened = new Map<string, T>()
  return (account, region) => {
    const name = `${account}/${region}`
    const value = opened.get(name) ?? open(account, region)
    opened.set(name, value)
    return value
  }
}
