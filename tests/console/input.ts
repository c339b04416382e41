/** Ways to use a page of the console in a test: by mouse, or only by keyboard. */
import assert from 'node:assert/strict'
import type { Locator, Page } from 'playwright-core'

export interface InputMethod {
  /** Activates a button or a link. */
  press: (target: Locator) => Promise<void>
  /** Changes a checkbox. */
  toggle: (box: Locator) => Promise<void>
  /** Replaces the text of a field. */
  type: (field: Locator, text: string) => Promise<void>
}

export const mouse: InputMethod = {
  press: (target) => target.click(),
  toggle: (box) => box.click(),
  type: async (field, text) => {
    await field.click()
    await ((await isEditor(field)) ? typeDocument(field, text) : field.fill(text))
  },
}

/** For `locator.evaluate`: whether the element has the focus in its document. */
// biome-ignore lint/suspicious/noExplicitAny: runs in the page, whose types the scripts do not have
export const isFocused = (element: any) => element === element.getRootNode().activeElement

// biome-ignore lint/suspicious/noExplicitAny: runs in the page, whose types the scripts do not have
const isEditor = (field: Locator) => field.evaluate((element: any) => element.isContentEditable)

/** Waits until the editor of a document has replaced the plain text area. */
async function waitForEditor(field: Locator): Promise<void> {
  // biome-ignore lint/suspicious/noExplicitAny: runs in the page, whose types the scripts do not have
  await field.evaluate((element: any) => element.scrollIntoView({ block: 'nearest' }))
  await field.and(field.page().locator('[contenteditable]')).waitFor()
}

/** Replaces the text of the editor of a document. */
export async function typeDocument(field: Locator, text: string): Promise<void> {
  await waitForEditor(field)
  await field.focus()
  await field.page().keyboard.press('Control+a')
  await field.page().keyboard.insertText(text)
}

/** The whole text in the editor of a document, also of lines that are not rendered: the text that Copy would copy. */
export async function documentText(field: Locator): Promise<string> {
  await waitForEditor(field)
  await field.focus()
  await field.page().keyboard.press('Control+a')
  // biome-ignore lint/suspicious/noExplicitAny: runs in the page, whose types the scripts do not have
  return field.evaluate((element: any) => {
    const { ClipboardEvent, DataTransfer } = element.ownerDocument.defaultView
    const clipboardData = new DataTransfer()
    element.dispatchEvent(new ClipboardEvent('copy', { clipboardData, bubbles: true, cancelable: true }))
    return clipboardData.getData('text/plain')
  })
}

/** Presses Tab until the target has the focus. Fails the test when 150 presses do not reach it. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await target.waitFor()
  for (let presses = 0; presses < 150; presses++) {
    if (await target.evaluate(isFocused)) return
    await page.keyboard.press('Tab')
  }
  assert.fail(`Tab does not reach ${target}`)
}

export const keyboard = (page: Page): InputMethod => ({
  press: async (target) => {
    await tabTo(page, target)
    // A person waits until the button can be pressed, as a click of Playwright does.
    await target.and(page.locator('[aria-disabled="true"]')).waitFor({ state: 'detached' })
    const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')
    assert.notEqual(outline, 'none', `the focus on ${target} is not visible`)
    await page.keyboard.press('Enter')
  },
  toggle: async (box) => {
    await tabTo(page, box)
    await page.keyboard.press('Space')
  },
  type: async (field, text) => {
    await tabTo(page, field)
    await page.keyboard.press('Control+a')
    await page.keyboard.insertText(text)
  },
})
