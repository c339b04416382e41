/** The part of `fetch` that the client uses, so that another transport can replace it. */

export interface TransportRequest {
  method: string
  headers: Record<string, string>
  body?: string
  signal?: AbortSignal
  credentials?: 'omit' | 'same-origin'
}

export interface TransportResponse {
  status: number
  headers: { get: (name: string) => string | null }
  text: () => Promise<string>
  body: ByteStream | null
}

export interface ByteStream {
  getReader: () => ByteReader
}

export interface ByteReader {
  read: () => Promise<{ done: boolean; value?: Uint8Array | undefined }>
  cancel: () => Promise<void>
}

export type Transport = (url: string, request: TransportRequest) => Promise<TransportResponse>
