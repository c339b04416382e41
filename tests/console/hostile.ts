/** Hostile text for the console: how responses get it, and that it is shown as text. */
import assert from 'node:assert/strict'
import type { BrowserContext, Frame, Page } from 'playwright-core'

/** An element, the end of an attribute, characters that change the direction of text, an escape sequence. */
export const hostile =
  '<img src=x onerror="hit()"> "><script>hit()</script> {{7*7}} javascript:hit() \u202Egnp.exe \u061C1-2 \u001B[31mred\u0007'
export const visible = /<img src=x onerror="hit\(\)">/

/** Counts the calls of the script that the hostile text has. */
export const countScriptHits = (profile: BrowserContext) =>
  profile.addInitScript('window.hits = 0; window.hit = () => { window.hits++ }')

/** @param name of the member that has the text, empty for a text outside of an object */
export type TextChange = (text: string, name: string) => string

/** Changes every text in a JSON value. */
export function changeTexts(value: unknown, change: TextChange, name = ''): unknown {
  if (typeof value === 'string') return change(value, name)
  if (Array.isArray(value)) return value.map((item) => changeTexts(item, change, name))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, changeTexts(member, change, key)]))
}

/** Elements and attributes that hostile text must never become. */
export async function assertHarmless(page: Page, name: string): Promise<void> {
  for (const frame of page.frames() as Frame[]) {
    const found = await frame.evaluate(`({
      hits: window.hits ?? 0,
      images: document.querySelectorAll('img[src="x"], [onerror]').length,
      scripts: [...document.scripts].filter((script) => !script.src).length,
      links: [...document.links].filter((link) => !/^https?:/.test(link.protocol)).length,
      acting: [...document.querySelectorAll('body *')].flatMap(({ childNodes }) => [...childNodes])
        .filter(({ nodeType, data, parentElement }) => nodeType === 3 && parentElement.checkVisibility() && parentElement.tagName !== 'TEXTAREA' &&
          /[\\u061c\\u202a-\\u202e\\u2066-\\u2069\\u001b\\u0007]/.test(data))
        .map(({ parentElement: { tagName, className, parentElement }, data }) =>
          parentElement.tagName + ' ' + tagName + ' ' + className + ': ' + data.slice(0, 30)),
      title: /[\\u202a-\\u202e\\u001b]/.test(document.title),
    })`)
    assert.deepEqual(found, { hits: 0, images: 0, scripts: 0, links: 0, acting: [], title: false }, name)
  }
}
