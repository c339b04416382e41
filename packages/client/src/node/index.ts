/** A transport for Node without `fetch`: loading Node's `fetch` takes twice as long as a small command. */
export { type NodeTransportOptions, nodeTransport } from './transport.ts'
