/** For Node: a transport without `fetch`. Loading `fetch` alone takes twice as long as a small command. */
export { type NodeTransportOptions, nodeTransport } from './transport.ts'
