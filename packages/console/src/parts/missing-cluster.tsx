/** Creates the cluster that a form names, in place: the first service of an account has none yet. */
import { apiPath, type Request } from '../actions.ts'
import { client } from '../live/client.ts'
import { useChange } from '../live/queries.ts'
import { Commands, curlOf, quoted } from './copy.tsx'
import { ExternalText } from './external-text.tsx'
import { Problem } from './problem.tsx'
import { toast } from './toast.tsx'

export function MissingCluster({
  account,
  name,
  disabled,
}: {
  account: string
  name: string
  disabled: string | undefined
}) {
  const request: Request = { method: 'POST', path: apiPath(account, 'clusters'), body: { name } }
  const change = useChange(account, () => client.request(request.method, request.path, { body: request.body }))
  return (
    <section className="panel stack tight" aria-label="Missing cluster">
      <p>
        There is no cluster <ExternalText text={name} /> yet. A cluster is a name for services that belong together.
      </p>
      <Problem error={change.error} />
      <div className="row">
        <button
          type="button"
          aria-disabled={disabled !== undefined || change.isPending}
          title={disabled}
          onClick={() => {
            if (disabled === undefined && !change.isPending)
              change.mutate(undefined, { onSuccess: () => toast(`Created: the cluster ${name}.`) })
          }}
        >
          {change.isPending ? 'Requested' : `Create the cluster ${name}`}
        </button>
        <span className="muted">{disabled}</span>
      </div>
      <Commands
        cli={`ecs-api clusters create ${quoted(`${account}/${name}`)}`}
        curl={curlOf(request.method, request.path, request.body)}
      />
    </section>
  )
}
