/** A list of AWS that is read page by page, with one page for each call of `readPage`. */
export interface ListPage {
  names: readonly string[]
  nextToken: string | undefined
}

export class PagedList {
  #names: readonly string[] | undefined
  #readAt = Number.NEGATIVE_INFINITY
  /** The names of the pages so far, before the last page has been read. */
  #namesSoFar: string[] = []
  #nextToken: string | undefined

  /** The names of the last complete list; undefined before all pages were read once. */
  get names(): readonly string[] | undefined {
    return this.#names
  }

  /** When the last page was read, on the clock of `performance.now()`. */
  get readAt(): number {
    return this.#readAt
  }

  /** Reads the next page: one call to AWS. */
  async readPage(fetchPage: (nextToken: string | undefined) => Promise<ListPage>): Promise<void> {
    let page: ListPage
    try {
      page = await fetchPage(this.#nextToken)
    } catch (error) {
      // The token of the page may have expired, so the next call reads the first page.
      this.#restart()
      throw error
    }
    const { names, nextToken } = page
    this.#namesSoFar.push(...names)
    this.#nextToken = nextToken
    if (nextToken !== undefined) return
    this.#names = this.#namesSoFar
    this.#readAt = performance.now()
    this.#restart()
  }

  #restart(): void {
    this.#namesSoFar = []
    this.#nextToken = undefined
  }
}
