/** Sign-in: with a token, with a one-time code in the address, or at the identity provider. */
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useEffect, useState } from 'react'
import { Dialog } from '../dialogs/dialog.tsx'
import {
  beginOidc,
  finishOidc,
  isOwnCode,
  restoreSession,
  type SessionState,
  session,
  signIn,
  signInMethods,
} from '../live/session.ts'
import { PrintableText, printable } from '../parts/printable-text.tsx'
import { paths } from '../paths.ts'

let oneTimeCode: string | undefined
let oidcResponse: Record<string, string> | undefined

/** Moves a one-time code or the identity provider's response from the address and the history into this module. */
export function takeSignInFromAddress(): void {
  const found = /^#code=([\w-]+)$/.exec(location.hash)
  if (found) {
    oneTimeCode = found[1]
    history.replaceState(null, '', location.pathname + location.search)
  }
  if (location.pathname !== paths.signIn) return
  const parameters = new URLSearchParams(location.search)
  const pick = (name: string) => {
    const value = parameters.get(name)
    return value === null ? {} : { [name]: value }
  }
  if (parameters.has('error')) oidcResponse = pick('error')
  else if (parameters.has('code') && parameters.has('state'))
    oidcResponse = { ...pick('code'), ...pick('state'), ...pick('iss') }
  history.replaceState(null, '', paths.overview)
}

/** Whether a page of another site led here. The gateway says so, because a site can hide itself from `referrer`. */
function isOpenedByOtherSite(): boolean {
  const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
  return navigation?.serverTiming.some(({ name }) => name === 'opened-by-other-site') ?? false
}

const isLoopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(location.hostname)

/**
 * Signs in with the code or the response that the address had. A code signs in without a question only on this machine,
 * while nobody is signed in, and not by a link on another site: an attacker could offer a code of his own account, to
 * see there what this person types. A code of the person who is signed in is not needed.
 */
export function useSignInFromAddress(state: SessionState): { question: ReactNode; error: string | undefined } {
  const [error, setError] = useState<string>()
  const [isAsking, setAsking] = useState(false)
  useEffect(() => {
    void restoreSession().then(async () => {
      if (oidcResponse) {
        const response = oidcResponse
        oidcResponse = undefined
        void finishOidc(response).then(setError)
      } else if (oneTimeCode !== undefined) {
        if (session.get().kind === 'signed-in' && (await isOwnCode(oneTimeCode))) oneTimeCode = undefined
        else setAsking(true)
      }
    })
  }, [])
  const dismiss = () => {
    oneTimeCode = undefined
    setAsking(false)
  }
  const signInWithCode = () => {
    const code = oneTimeCode
    dismiss()
    if (code !== undefined) void signIn({ oneTimeCode: code }).then(setError)
  }
  const signsInAtOnce = isLoopback && state.kind === 'signed-out' && !isOpenedByOtherSite()
  useEffect(() => {
    if (isAsking && signsInAtOnce) signInWithCode()
  })
  const question =
    isAsking && !signsInAtOnce && state.kind !== 'unknown' ? (
      <Dialog title="Sign in" onClose={dismiss}>
        <p>
          Sign in to {location.host} with the link that you opened?
          {state.kind === 'signed-in' && (
            <>
              {' '}
              You are signed in as <PrintableText text={state.me.name} /> already: the link ends that session.
            </>
          )}
        </p>
        <div className="row">
          <button type="button" className="primary" onClick={signInWithCode}>
            Sign in
          </button>
          <button type="button" onClick={dismiss}>
            {state.kind === 'signed-in' ? `Go on as ${printable(state.me.name)}` : 'Cancel'}
          </button>
        </div>
      </Dialog>
    ) : undefined
  return { question, error }
}

export function SignInForm({ reason }: { reason: string | undefined }) {
  const [token, setToken] = useState('')
  const [error, setError] = useState<string>()
  const [isSending, setSending] = useState(false)
  const methods = useQuery({ queryKey: ['sign-in'], queryFn: signInMethods })
  useEffect(() => {
    const { title } = document
    document.title = 'Sign in, ecs-api'
    // The page below the form gets its title back.
    return () => {
      document.title = title
    }
  }, [])
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        setSending(true)
        void signIn({ token: token.trim() }).then((rejected) => {
          setSending(false)
          setError(rejected)
        })
      }}
    >
      {reason && (
        <p>
          <PrintableText text={reason} />
        </p>
      )}
      {methods.data?.oidc && (
        <>
          <button type="button" className="primary" onClick={beginOidc}>
            Sign in at {new URL(methods.data.oidc.issuer).host}
          </button>
          <p className="divider muted">or</p>
        </>
      )}
      <div className="field">
        <label htmlFor="token">Token</label>
        <input
          id="token"
          type="password"
          autoComplete="off"
          required
          value={token}
          aria-describedby="token-error token-help"
          onChange={(event) => setToken(event.target.value)}
        />
        <span id="token-error" className="error" role="alert">
          {error && <PrintableText text={error} />}
        </span>
      </div>
      <div>
        <button type="submit" className="primary" disabled={isSending}>
          Sign in
        </button>
      </div>
      <p id="token-help" className="muted">
        On your own machine, the start of the gateway prints a link that signs you in, and <code>npx ecs-api open</code>{' '}
        prints a new link. The first token is in the file <code>data/token</code>. Elsewhere, ask an admin of the
        gateway for a token.
      </p>
    </form>
  )
}
