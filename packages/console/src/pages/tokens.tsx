import type { Token, TokenWithValue } from '@ecs-api/client'
import { useState } from 'react'
import { apiPath, type Request } from '../actions.ts'
import { queryClient, useTokens } from '../live/queries.ts'
import { ChangeDialog } from '../parts/change-dialog.tsx'
import { Commands, Copy, curlOf, quoted } from '../parts/copy.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { ExternalText } from '../parts/external-text.tsx'
import { CheckField } from '../parts/fields.tsx'
import { LoadingOrProblem } from '../parts/loading-or-problem.tsx'
import { PageHead } from '../parts/page.tsx'
import { Table } from '../parts/table.tsx'
import { Ago } from '../parts/time.tsx'

type Open = { kind: 'create' } | { kind: 'rotate' | 'revoke'; token: Token } | { kind: 'value'; token: TokenWithValue }

/** The tokens of the service, for admins. A value is shown once. */
export default function TokensPage() {
  const tokens = useTokens()
  const [open, setOpen] = useState<Open>()
  const done = () => void queryClient.invalidateQueries({ queryKey: ['tokens'] })
  const close = () => setOpen(undefined)
  const showValue = (result: unknown) => {
    done()
    setOpen({ kind: 'value', token: result as TokenWithValue })
  }
  return (
    <>
      <PageHead title="Tokens">
        <button type="button" className="primary" data-action="" onClick={() => setOpen({ kind: 'create' })}>
          Create a token…
        </button>
      </PageHead>
      <LoadingOrProblem query={tokens} what="the tokens" />
      {tokens.data && (
        <Table
          label="Tokens"
          rows={tokens.data}
          keyOf={({ id }) => id}
          empty="There are no tokens beside the first admin’s."
          columns={[
            { title: 'Name', sortBy: ({ name }) => name, cell: ({ name }) => <ExternalText text={name} /> },
            {
              title: 'Role',
              sortBy: ({ role }) => role,
              cell: ({ role, permissions }) => [role, ...permissions].join(', '),
            },
            {
              title: 'Fence',
              wide: true,
              cell: ({ accounts, clusters, taskDefinitions }) => (
                <ExternalText
                  text={`accounts ${accounts.join(', ')}; clusters ${clusters.join(', ')}; families ${taskDefinitions.join(', ')}`}
                />
              ),
            },
            { title: 'Created by', cell: ({ createdBy }) => <ExternalText text={createdBy} /> },
            {
              title: 'Last used',
              sortBy: ({ lastUsedAt }) => lastUsedAt ?? '',
              cell: ({ lastUsedAt }) => <Ago at={lastUsedAt} />,
            },
            { title: 'Expires', cell: ({ expiresAt }) => expiresAt?.slice(0, 10) ?? 'never' },
            {
              title: 'Do',
              cell: (token) => (
                <span className="row">
                  <button type="button" className="plain" onClick={() => setOpen({ kind: 'rotate', token })}>
                    Rotate…
                    <span className="visually-hidden">
                      {' '}
                      <ExternalText text={token.name} />
                    </span>
                  </button>
                  <button type="button" className="plain bad" onClick={() => setOpen({ kind: 'revoke', token })}>
                    Revoke…
                    <span className="visually-hidden">
                      {' '}
                      <ExternalText text={token.name} />
                    </span>
                  </button>
                </span>
              ),
            },
          ]}
        />
      )}
      <Commands cli="ecs-api tokens list" curl={curlOf('GET', apiPath('tokens'))} />
      {open?.kind === 'create' && <CreateToken onClose={close} onDone={showValue} />}
      {open?.kind === 'rotate' && (
        <ChangeDialog
          title={`Rotate ${open.token.name}`}
          account=""
          hasPlan={false}
          request={{ method: 'POST', path: apiPath('tokens', open.token.name, 'rotate'), body: {} }}
          cli={`ecs-api tokens rotate ${quoted(open.token.name)}`}
          verb="Rotate"
          doneSentence={`Rotated: ${open.token.name}.`}
          onClose={close}
          onDone={showValue}
          fields={<p>The present value stops working at once, and its sessions and streams end.</p>}
        />
      )}
      {open?.kind === 'revoke' && (
        <ChangeDialog
          title={`Revoke ${open.token.name}`}
          account=""
          hasPlan={false}
          request={{ method: 'DELETE', path: apiPath('tokens', open.token.name) }}
          cli={`ecs-api tokens delete ${quoted(open.token.name)}`}
          verb="Revoke"
          confirmName={open.token.name}
          doneSentence={`Revoked: ${open.token.name}.`}
          onClose={close}
          onDone={done}
        />
      )}
      {open?.kind === 'value' && (
        <Dialog title={`The value of ${open.token.name}`} onClose={close}>
          <p>It is shown only now. The service keeps a hash of it.</p>
          <div className="row">
            <code>{open.token.token}</code>
            <Copy text={open.token.token ?? ''} />
          </div>
          <div className="row">
            <button type="button" onClick={close}>
              Close
            </button>
          </div>
        </Dialog>
      )}
    </>
  )
}

function CreateToken({ onClose, onDone }: { onClose: () => void; onDone: (result: unknown) => void }) {
  const [name, setName] = useState('')
  const [role, setRole] = useState('viewer')
  const [accounts, setAccounts] = useState('*')
  const [clusters, setClusters] = useState('*')
  const [mayExec, setExec] = useState(false)
  const list = (text: string) => text.split(/[\s,]+/).filter((part) => part !== '')
  const request: Request | undefined =
    name === ''
      ? undefined
      : {
          method: 'POST',
          path: apiPath('tokens'),
          body: {
            name,
            role,
            accounts: list(accounts),
            clusters: list(clusters),
            ...(mayExec && role !== 'admin' && { permissions: ['exec'] }),
          },
        }
  return (
    <ChangeDialog
      title="Create a token"
      account=""
      hasPlan={false}
      request={request}
      missing="Type a name."
      cli={`ecs-api tokens create ${quoted(name)} --role ${role}`}
      verb="Create"
      doneSentence={`Created: ${name}.`}
      onClose={onClose}
      onDone={onDone}
      fields={
        <>
          <div className="field">
            <label htmlFor="name">Name</label>
            <input id="name" value={name} onChange={(event) => setName(event.target.value.trim())} />
          </div>
          <div className="field">
            <label htmlFor="role">Role</label>
            <select id="role" value={role} onChange={(event) => setRole(event.target.value)}>
              <option value="viewer">viewer: reads</option>
              <option value="operator">operator: reads and changes</option>
              <option value="admin">admin: everything, tokens too</option>
            </select>
          </div>
          <div className="field">
            <label htmlFor="accounts">Accounts (names or globs)</label>
            <input id="accounts" value={accounts} onChange={(event) => setAccounts(event.target.value)} />
          </div>
          <div className="field">
            <label htmlFor="clusters">Clusters (names or globs)</label>
            <input id="clusters" value={clusters} onChange={(event) => setClusters(event.target.value)} />
          </div>
          <CheckField
            label="May open terminals"
            checked={mayExec || role === 'admin'}
            disabled={role === 'admin'}
            onChange={setExec}
          />
        </>
      }
    />
  )
}
