import type { PagedList } from '../live/paged-list.ts'
import { LoadingOrProblem } from '../parts/loading-or-problem.tsx'

/** Below a list that has older items: how many it shows, and the button that reads more. */
export function ListEnd({ list, noun }: { list: PagedList<unknown>; noun: string }) {
  const { data, error, isPending, readOlder, isReadingOlder } = list
  if (!data || !readOlder) return null
  return (
    <>
      <p className="row muted">
        These are the newest {data.length} {noun}.
        <button type="button" aria-disabled={isReadingOlder} onClick={() => !isReadingOlder && readOlder()}>
          Older<span className="visually-hidden"> {noun}</span>
        </button>
      </p>
      <LoadingOrProblem query={{ error, isPending }} subject={`older ${noun}`} />
    </>
  )
}
