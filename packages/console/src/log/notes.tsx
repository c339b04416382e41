/** Notes above a log: lines that may be missing, and containers whose output is in another place. */
import type { LogPage } from '@ecs-api/client'
import { PrintableText } from '../parts/printable-text.tsx'

export function LogNotes({
  notes,
  elsewhere,
  runningRevision,
}: {
  notes: readonly string[]
  elsewhere: LogPage['elsewhere']
  /** The `family:revision` that runs now. */
  runningRevision: string | undefined
}) {
  return (
    <>
      {elsewhere.map(({ container, driver, detail, taskDefinitions }) => {
        const isOfRunningRevision = runningRevision === undefined || taskDefinitions.includes(runningRevision)
        const names =
          taskDefinitions.length > 3 ? `${taskDefinitions.length} older revisions` : taskDefinitions.join(', ')
        return (
          <p key={container + driver + names} className={isOfRunningRevision ? 'waiting' : 'muted'}>
            <PrintableText
              text={isOfRunningRevision ? detail : `The log of tasks of ${names} is not here: ${detail}`}
            />
            {isOfRunningRevision && driver === null && (
              <>
                {' '}
                <a href="/docs/guides/read-logs">How to store the lines</a>
              </>
            )}
          </p>
        )
      })}
      {notes.map((note) => (
        <p key={note} className="waiting">
          <PrintableText text={note} />
        </p>
      ))}
    </>
  )
}
