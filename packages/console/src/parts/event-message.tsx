import { Fragment } from 'react'
import { Link } from 'wouter'
import { paths } from '../paths.ts'
import { PrintableText } from './printable-text.tsx'

/** The id of a task, which ECS writes in full, as `(task 0123…)`. */
const taskId = /(?<=\btask )([0-9a-f]{32})\b/

/** The message of a service's event, in the words of ECS. The ids of tasks are short, and links to their pages. */
export function EventMessage({ account, cluster, message }: { account: string; cluster: string; message: string }) {
  return message.split(taskId).map((part, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never move
    <Fragment key={i}>
      {i % 2 === 0 ? (
        <PrintableText text={part} />
      ) : (
        <Link className="in-text" title={part} href={paths.task(account, cluster, part)}>
          {part.slice(0, 8)}
        </Link>
      )}
    </Fragment>
  ))
}
