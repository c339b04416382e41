/** A type of the SDK as it travels in AWS JSON 1.1: a time is a number, seconds since 1970 with milliseconds as fraction. */
export type Wire<T> = T extends Date ? number : T extends (infer Item)[] ? Wire<Item>[] : T extends object ? { [K in keyof T]: Wire<T[K]> } : T
