import type { Token, TokenWithValue } from '@ecs-api/client'
import { useState } from 'react'
import { type ApiRequest, administrationNotPermittedReason, apiPath } from '../actions.ts'
import { ChangeDialog } from '../dialogs/change-dialog.tsx'
import { Dialog } from '../dialogs/dialog.tsx'
import { CheckField, errorAt, TextField } from '../forms/fields.tsx'
import { tokenNameFault } from '../forms/name-fault.ts'
import { Table } from '../lists/table.tsx'
import { gatewayNow } from '../live/clock.ts'
import { queryClient, useMe, useTokens } from '../live/queries.ts'
import { ActionButton } from '../parts/action-button.tsx'
import { Commands, CopyButton } from '../parts/copy.tsx'
import { curlCommand } from '../parts/curl-command.ts'
import { LoadingOrProblem } from '../parts/loading-or-problem.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { PrintableText } from '../parts/printable-text.tsx'
import { shellWord } from '../parts/shell-command.ts'
import { Ago } from '../parts/time.tsx'

type OpenDialog =
  | { kind: 'create' }
  | { kind: 'rotate' | 'revoke'; token: Token }
  | { kind: 'value'; token: TokenWithValue }

/** The page where admins manage the tokens of the gateway. It shows the value of a new token once. */
export default function TokensPage() {
  const tokens = useTokens()
  const [openDialog, setOpenDialog] = useState<OpenDialog>()
  const refetchTokens = () => void queryClient.invalidateQueries({ queryKey: ['tokens'] })
  const close = () => setOpenDialog(undefined)
  const showValue = (result: unknown) => {
    refetchTokens()
    setOpenDialog({ kind: 'value', token: result as TokenWithValue })
  }
  return (
    <>
      <PageHead title="Tokens">
        <ActionButton
          action={{
            id: 'create',
            label: 'Create a token…',
            disabledReason: administrationNotPermittedReason(useMe()),
            isPrimary: true,
          }}
          onPress={() => setOpenDialog({ kind: 'create' })}
        />
      </PageHead>
      <LoadingOrProblem query={tokens} subject="the tokens" />
      {tokens.data && (
        <Table
          label="Tokens"
          rows={tokens.data}
          keyOf={({ id }) => id}
          emptyText="The only token is that of the first admin."
          columns={[
            { title: 'Name', sortBy: ({ name }) => name, cell: ({ name }) => <PrintableText text={name} /> },
            {
              title: 'Role',
              sortBy: ({ role }) => role,
              cell: ({ role, permissions }) => [role, ...permissions].join(', '),
            },
            {
              title: 'Access',
              hasOwnLineOnPhone: true,
              cell: ({ accounts, clusters, taskDefinitions }) => (
                <PrintableText text={accessText({ accounts, clusters, families: taskDefinitions })} />
              ),
            },
            { title: 'Created by', cell: ({ createdBy }) => <PrintableText text={createdBy} /> },
            {
              title: 'Last used',
              sortBy: ({ lastUsedAt }) => lastUsedAt ?? '',
              cell: ({ lastUsedAt }) => <Ago at={lastUsedAt} />,
            },
            { title: 'Expires', cell: ({ expiresAt }) => expiresAt?.slice(0, 10) ?? 'never' },
            {
              title: 'Actions',
              cell: (token) => (
                <span className="row">
                  <button type="button" className="plain" onClick={() => setOpenDialog({ kind: 'rotate', token })}>
                    Rotate…
                    <span className="visually-hidden">
                      {' '}
                      <PrintableText text={token.name} />
                    </span>
                  </button>
                  <button type="button" className="plain bad" onClick={() => setOpenDialog({ kind: 'revoke', token })}>
                    Revoke…
                    <span className="visually-hidden">
                      {' '}
                      <PrintableText text={token.name} />
                    </span>
                  </button>
                </span>
              ),
            },
          ]}
        />
      )}
      <Commands cli="ecs-api tokens list" curl={curlCommand('GET', apiPath('tokens'))} />
      {openDialog?.kind === 'create' && <CreateToken onClose={close} onDone={showValue} />}
      {openDialog?.kind === 'rotate' && (
        <ChangeDialog
          title={`Rotate the token ${openDialog.token.name}`}
          account=""
          hasPlan={false}
          request={{ method: 'POST', path: apiPath('tokens', openDialog.token.name, 'rotate'), body: {} }}
          cli={`ecs-api tokens rotate ${shellWord(openDialog.token.name)}`}
          buttonLabel="Rotate the token"
          doneSentence={`The token ${openDialog.token.name} has a new value.`}
          onClose={close}
          onDone={showValue}
          fields={
            <p>The old value stops working at once: its sessions and streams end. The new value is shown next, once.</p>
          }
        />
      )}
      {openDialog?.kind === 'revoke' && (
        <ChangeDialog
          title={`Revoke the token ${openDialog.token.name}`}
          account=""
          hasPlan={false}
          request={{ method: 'DELETE', path: apiPath('tokens', openDialog.token.name) }}
          cli={`ecs-api tokens delete ${shellWord(openDialog.token.name)}`}
          buttonLabel="Revoke the token"
          textToType={openDialog.token.name}
          doneSentence={`The token ${openDialog.token.name} was revoked.`}
          onClose={close}
          fields={<p>Requests with this token are rejected at once. Its sessions and streams end.</p>}
          onDone={refetchTokens}
        />
      )}
      {openDialog?.kind === 'value' && (
        // Escape does not close it, because the value cannot be shown again.
        <Dialog title={`The value of the token ${openDialog.token.name}`}>
          <p>Copy the value now: it is not shown again. The gateway stores only its hash.</p>
          <p className="panel external">
            <code>{openDialog.token.token}</code>
          </p>
          <div className="row">
            <CopyButton text={openDialog.token.token ?? ''} label="Copy the token" isPrimary />
            <button type="button" onClick={close}>
              Close
            </button>
          </div>
        </Dialog>
      )}
    </>
  )
}

/** The limits of a token: `everything`, or the parts that are limited, such as `clusters web-*`. */
function accessText(patterns: Readonly<Record<string, readonly string[]>>): string {
  const limits = Object.entries(patterns).filter(([, names]) => !names.includes('*'))
  return limits.length === 0 ? 'everything' : limits.map(([kind, names]) => `${kind} ${names.join(', ')}`).join('; ')
}

function CreateToken({ onClose, onDone }: { onClose: () => void; onDone: (result: unknown) => void }) {
  const [name, setName] = useState('')
  const [role, setRole] = useState('viewer')
  const [accounts, setAccounts] = useState('*')
  const [clusters, setClusters] = useState('*')
  const [taskDefinitions, setTaskDefinitions] = useState('*')
  const [lastDay, setLastDay] = useState('')
  const [mayExec, setMayExec] = useState(false)
  const fault = tokenNameFault(name)
  const expiry = lastDay === '' ? undefined : new Date(`${lastDay}T23:59:59`)
  const expiryFault = expiry && !(expiry.getTime() > gatewayNow()) ? 'Choose today or a later day.' : undefined
  const incompleteReason = name === '' ? 'Type a name.' : (fault ?? expiryFault)
  const namesIn = (text: string) => text.split(/[\s,]+/).filter((part) => part !== '')
  const request: ApiRequest | undefined =
    incompleteReason !== undefined
      ? undefined
      : {
          method: 'POST',
          path: apiPath('tokens'),
          body: {
            name,
            role,
            accounts: namesIn(accounts),
            clusters: namesIn(clusters),
            taskDefinitions: namesIn(taskDefinitions),
            ...(expiry && { expiresAt: expiry.toISOString() }),
            ...(mayExec && role !== 'admin' && { permissions: ['exec'] }),
          },
        }
  return (
    <ChangeDialog
      title="Create a token"
      account=""
      hasPlan={false}
      request={request}
      incompleteReason={incompleteReason}
      cli={`ecs-api tokens create ${shellWord(name)} --role ${role}`}
      buttonLabel="Create the token"
      doneSentence={`The token ${name} was created.`}
      onClose={onClose}
      onDone={onDone}
      fields={(requestError) => (
        <>
          <TextField
            id="name"
            label="Name"
            value={name}
            error={fault ?? errorAt(requestError, '/name')}
            onChange={(value) => setName(value.trim())}
          />
          <div className="field">
            <label htmlFor="role">Role</label>
            <select id="role" value={role} onChange={(event) => setRole(event.target.value)}>
              <option value="viewer">viewer: only reads</option>
              <option value="operator">operator: reads and changes</option>
              <option value="admin">admin: everything, tokens too</option>
            </select>
          </div>
          <TextField
            id="accounts"
            label="Accounts"
            error={errorAt(requestError, '/accounts')}
            help="Names, separated by commas. * alone allows all; prod-* those that begin so."
            value={accounts}
            onChange={setAccounts}
          />
          <TextField
            id="clusters"
            label="Clusters"
            error={errorAt(requestError, '/clusters')}
            help="Names, written in the same way."
            value={clusters}
            onChange={setClusters}
          />
          <TextField
            id="families"
            label="Task definition families"
            error={errorAt(requestError, '/taskDefinitions')}
            help="Names, written in the same way."
            value={taskDefinitions}
            onChange={setTaskDefinitions}
          />
          <TextField
            id="last-day"
            type="date"
            label="Expires on"
            help="The token works until the end of this day. Without a day it never expires."
            error={expiryFault}
            value={lastDay}
            onChange={setLastDay}
          />
          <CheckField
            label="May open terminals"
            help="A terminal is a shell in a container, usually as root."
            checked={mayExec || role === 'admin'}
            disabled={role === 'admin'}
            onChange={setMayExec}
          />
        </>
      )}
    />
  )
}
