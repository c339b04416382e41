/** Sends requests as a browser does: with its cookies, and with the headers of a page's origin. */
export interface TestBrowser {
  /** `Name=value` of each cookie. */
  cookies: Map<string, string>
  /** `Set-Cookie` of every response so far. */
  setCookies: string[]
  /** Sent as `X-CSRF-Token`. */
  csrfToken: string | undefined
  fetch: (
    method: string,
    path: string,
    options?: { body?: unknown; headers?: Record<string, string> },
  ) => Promise<{
    status: number
    headers: Headers
    // biome-ignore lint/suspicious/noExplicitAny: a test asserts the body of a response, field by field
    body: any
  }>
  /** Opens a session. @param body of `POST /session` @returns the status of the response */
  signIn: (body: unknown) => Promise<number>
  /** The headers that it adds to each request. */
  headers: () => Record<string, string>
}

/** @param origin the origin of the page that sends the requests; by default the gateway's own */
export function createTestBrowser(url: string, origin = url): TestBrowser {
  const browser: TestBrowser = {
    cookies: new Map(),
    setCookies: [],
    csrfToken: undefined,
    headers: () => ({
      origin,
      ...(browser.cookies.size > 0 && { cookie: [...browser.cookies].map((pair) => pair.join('=')).join('; ') }),
      ...(browser.csrfToken !== undefined && { 'x-csrf-token': browser.csrfToken }),
    }),
    fetch: async (method, path, { body, headers = {} } = {}) => {
      const response = await fetch(url + path, {
        method,
        redirect: 'manual',
        headers: {
          ...browser.headers(),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      for (const cookie of response.headers.getSetCookie()) {
        browser.setCookies.push(cookie)
        const [name = '', value = ''] = cookie.split(';')[0]!.split('=')
        if (/Max-Age=0(;|$)/.test(cookie)) browser.cookies.delete(name)
        else browser.cookies.set(name, value)
      }
      const text = await response.text()
      const isJson = /[/+]json\b/.test(response.headers.get('content-type') ?? '')
      return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text }
    },
    signIn: async (body) => {
      const { status, body: session } = await browser.fetch('POST', '/session', { body })
      if (status === 201) browser.csrfToken = session.csrfToken
      return status
    },
  }
  return browser
}
