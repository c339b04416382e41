/** Stores a convenience of this browser. Where the storage is full or blocked, it is lost when the page is left. */
export function storeItem(storage: Storage, key: string, value: string): void {
  try {
    storage.setItem(key, value)
  } catch {
    // The page works without it.
  }
}
