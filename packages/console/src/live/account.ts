/** The account of the page: from its address, else the one that was used last, else the first. */
import { useEffect } from 'react'
import { useLocation } from 'wouter'
import { decodeSegment } from '../paths.ts'
import { useAccounts } from './queries.ts'
import { ofPersonKey } from './session.ts'

/** Removed at the sign-out. */
const storageKey = `${ofPersonKey}account`

function accountInPath(path: string): string | undefined {
  const [, , account] = path.split('/')
  return path.startsWith('/console/') && account !== 'admin' ? decodeSegment(account ?? '') : undefined
}

export function useAccount(): string | undefined {
  const [path] = useLocation()
  const accounts = useAccounts().data
  const inPath = accountInPath(path)
  const named = accounts?.every(({ name }) => name !== inPath) ? undefined : inPath
  useEffect(() => {
    if (named !== undefined) localStorage.setItem(storageKey, named)
  }, [named])
  if (named !== undefined) return named
  const last = localStorage.getItem(storageKey)
  return accounts?.find(({ name }) => name === last)?.name ?? accounts?.[0]?.name
}
