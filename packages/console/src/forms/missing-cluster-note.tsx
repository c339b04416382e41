/** A note in a form that names a cluster which does not exist, with a button that creates it. */
import { type ApiRequest, apiPath } from '../actions.ts'
import { client } from '../live/client.ts'
import { useChange } from '../live/queries.ts'
import { Commands } from '../parts/copy.tsx'
import { curlCommand } from '../parts/curl-command.ts'
import { PrintableText } from '../parts/printable-text.tsx'
import { Problem } from '../parts/problem.tsx'
import { shellWord } from '../parts/shell-command.ts'
import { toast } from '../parts/toast.tsx'

export function MissingClusterNote({
  account,
  name,
  disabledReason,
}: {
  account: string
  name: string
  /** Why the button cannot be used; undefined when it can. */
  disabledReason: string | undefined
}) {
  const request: ApiRequest = { method: 'POST', path: apiPath(account, 'clusters'), body: { name } }
  const change = useChange(account, () => client.request(request.method, request.path, { body: request.body }))
  return (
    <section className="panel stack tight" aria-label="Missing cluster">
      <p>
        There is no cluster <PrintableText text={name} /> yet. A cluster is a name for services that belong together.
      </p>
      <Problem error={change.error} />
      <div className="row">
        <button
          type="button"
          aria-disabled={disabledReason !== undefined || change.isPending}
          title={disabledReason}
          onClick={() => {
            if (disabledReason === undefined && !change.isPending)
              change.mutate(undefined, { onSuccess: () => toast(`The cluster ${name} was created.`) })
          }}
        >
          {change.isPending ? 'Requested' : `Create the cluster ${name}`}
        </button>
        <span className="muted">{disabledReason}</span>
      </div>
      <Commands
        cli={`ecs-api clusters create ${shellWord(`${account}/${name}`)}`}
        curl={curlCommand(request.method, request.path, request.body)}
      />
    </section>
  )
}
