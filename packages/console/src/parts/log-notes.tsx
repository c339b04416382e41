/** What a log does not show: lines that may be missing, and containers that log elsewhere. */
import type { LogPage } from '@ecs-api/client'
import { ExternalText } from './external-text.tsx'

export function LogNotes({
  notes,
  elsewhere,
  revision,
}: {
  notes: readonly string[]
  elsewhere: LogPage['elsewhere']
  /** `family:revision` that runs now. */
  revision: string | undefined
}) {
  return (
    <>
      {elsewhere.map(({ container, driver, detail, taskDefinitions }) => {
        const isNow = revision === undefined || taskDefinitions.includes(revision)
        const names =
          taskDefinitions.length > 3 ? `${taskDefinitions.length} older revisions` : taskDefinitions.join(', ')
        return (
          <p key={container + driver + names} className={isNow ? 'waiting' : 'muted'}>
            <ExternalText text={isNow ? detail : `Tasks of ${names} are not here: ${detail}`} />
            {isNow && driver === null && (
              <>
                {' '}
                <a href="/docs/guides/read-logs">How to store them</a>
              </>
            )}
          </p>
        )
      })}
      {notes.map((note) => (
        <p key={note} className="waiting">
          <ExternalText text={note} />
        </p>
      ))}
    </>
  )
}
