import { useQueries } from '@tanstack/react-query'
import { accountClient } from './client.ts'

/**
 * Whether none of the accounts has ever had a service: a service needs a task definition, which stays after its
 * deregistration. False while it is not known, and for no accounts.
 */
export function useHadNoService(accounts: readonly string[]): boolean {
  const firstDefinitions = useQueries({
    queries: accounts.map((account) => ({
      queryKey: [account, 'any-taskdef'],
      queryFn: () => accountClient(account).taskDefinitions.page({ status: 'ALL', limit: 1 }),
    })),
  })
  return accounts.length > 0 && firstDefinitions.every(({ data }) => data?.items.length === 0)
}
