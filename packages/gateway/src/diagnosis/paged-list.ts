/** A list of AWS that is read a page at a time, over several requests. */
export interface ListPage {
  names: readonly string[]
  nextToken: string | undefined
}

export class PagedList {
  #names: readonly string[] | undefined
  #readAt = Number.NEGATIVE_INFINITY
  /** Of the reading under way. */
  #pages: string[] = []
  #nextToken: string | undefined

  /** As they were read last; undefined before all pages were read once. */
  get names(): readonly string[] | undefined {
    return this.#names
  }

  /** When the last page was read, on the clock of `performance.now()`. */
  get readAt(): number {
    return this.#readAt
  }

  /** Reads the next page: one call to AWS. */
  async readPage(fetch: (nextToken: string | undefined) => Promise<ListPage>): Promise<void> {
    let page: ListPage
    try {
      page = await fetch(this.#nextToken)
    } catch (error) {
      // The token may be the cause: it is good for a day.
      this.#restart()
      throw error
    }
    const { names, nextToken } = page
    this.#pages.push(...names)
    this.#nextToken = nextToken
    if (nextToken !== undefined) return
    this.#names = this.#pages
    this.#readAt = performance.now()
    this.#restart()
  }

  #restart(): void {
    this.#pages = []
    this.#nextToken = undefined
  }
}
