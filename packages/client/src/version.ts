/** The version of this package, which follows the gateway's. */
export const clientVersion = '0.1.0'
