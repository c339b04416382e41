/** For Node: a transport without `fetch`, whose loading alone takes twice as long as a small command. */
export { type NodeTransportOptions, nodeTransport } from './transport.ts'
