/** What one of several workers may use up: AWS's request buckets and a token's rate are divided, since asking one another would cost each call a round trip. */
import { type BucketSize, type RequestGroup, requestGroups } from '@ecs-api/ecs-model'
import type { Settings } from '../config/settings.ts'

export function shareOf(settings: Settings): Settings {
  const { workers, http, accounts } = settings
  const { requests, seconds } = http.rateLimit
  return {
    ...settings,
    http: { ...http, rateLimit: { requests: Math.max(1, Math.floor(requests / workers)), seconds } },
    accounts: accounts.map((account) => {
      // The embedded engine has no buckets unless its account is given some.
      const { budget = account.mode === 'local' ? 'off' : {} } = account
      return budget === 'off' ? account : { ...account, budget: dividedBudget(budget, workers) }
    }),
  }
}

type Budget = { [group in RequestGroup]?: BucketSize }

function dividedBudget(given: Budget, workers: number): Budget {
  const groups = Object.keys(requestGroups) as RequestGroup[]
  return Object.fromEntries(groups.map((group) => [group, dividedBucket(given[group] ?? requestGroups[group], workers)]))
}

/** Together the workers get no more than there is, save that each can make a call at all. */
function dividedBucket({ burst, refill }: BucketSize, workers: number): BucketSize {
  return { burst: Math.max(1, Math.floor(burst / workers)), refill: refill / workers }
}
