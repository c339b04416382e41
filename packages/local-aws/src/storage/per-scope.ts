/** What a service holds for one account in one Region, opened when first asked for. */
export function perScope<T>(open: (account: string, region: string) => T): (account: string, region: string) => T {
  const opened = new Map<string, T>()
  return (account, region) => {
    const name = `${account}/${region}`
    const known = opened.get(name) ?? open(account, region)
    opened.set(name, known)
    return known
  }
}
