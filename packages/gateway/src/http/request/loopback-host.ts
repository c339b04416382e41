/** Whether a Host header names loopback. */

/** Browsers resolve `localhost` and the names below it to loopback only (RFC 6761). */
export function namesLoopback(host: string): boolean {
  const name = host.replace(/:\d*$/, '')
  return name === '[::1]' || /^127(\.\d{1,3}){3}$/.test(name) || /^([^.]+\.)*localhost$/i.test(name)
}
