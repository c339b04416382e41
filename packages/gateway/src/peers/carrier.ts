/** What takes messages from one process to the others that work on the same store. */

/** A structured value, as `structuredClone` takes it. */
export type Message = object

export interface Receiver {
  heard: (from: string, message: Message) => void
  /** Something may have been said that was not heard, and what was said here may not have been heard by others. */
  missed: () => void
  /** That process is known to have ended. */
  ended: (process: string) => void
}

export interface Carrier {
  /** Hears from now on, and is ready to send. */
  open: (receiver: Receiver) => Promise<void>
  /** To all others, or to one. Messages of one process to another keep their order. What can't be carried makes a `missed` here. */
  send: (message: Message, to?: string) => void
  close: () => Promise<void>
}
