/** The account of the page: the one in its address, else the one used last, else the first of the list. */
import { useEffect } from 'react'
import { useLocation } from 'wouter'
import { decodeSegment } from '../paths.ts'
import { useAccounts } from './queries.ts'
import { keyPrefixUntilSignOut } from './session.ts'
import { storeItem } from './store-item.ts'

/** The key of the account used last. The prefix makes the sign-out remove it. */
const storageKey = `${keyPrefixUntilSignOut}account`

/** The account that an address names; undefined for the pages of all accounts. */
export function accountInPath(path: string): string | undefined {
  const [, , account] = path.split('/')
  return path.startsWith('/console/') && account !== 'admin' ? decodeSegment(account ?? '') : undefined
}

export function useAccount(): string | undefined {
  const [path] = useLocation()
  const accounts = useAccounts().data
  const nameInPath = accountInPath(path)
  const accountOfAddress = accounts?.every(({ name }) => name !== nameInPath) ? undefined : nameInPath
  useEffect(() => {
    if (accountOfAddress !== undefined) storeItem(localStorage, storageKey, accountOfAddress)
  }, [accountOfAddress])
  if (accountOfAddress !== undefined) return accountOfAddress
  const lastUsedAccount = localStorage.getItem(storageKey)
  return accounts?.find(({ name }) => name === lastUsedAccount)?.name ?? accounts?.[0]?.name
}
