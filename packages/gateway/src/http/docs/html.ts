/**
 * The frame of the pages under /docs. The pages have no script and load nothing from other hosts. They work offline and
 * with the strictest content security policy.
 */
import { Answer } from '../response/answer.ts'

const style = `
/* The colours of the console. */
:root { color-scheme: light dark; --line: light-dark(#e3e5ea, #262c36); --soft: light-dark(#f0f2f5, #1a2028); --ink: light-dark(#1f5fd0, #7cb0ff); --ink-soft: light-dark(#e8effc, #1a2638) }
* { box-sizing: border-box }
html { background: light-dark(#fbfbfc, #0e1116); color: light-dark(#14171c, #e6e9ef) }
body { margin: 0; font: 15px/1.5 system-ui, sans-serif; display: flex; align-items: flex-start }
nav { position: sticky; top: 0; height: 100vh; overflow: auto; flex: 0 0 19rem; padding: 1rem; border-right: 1px solid var(--line); font-size: 13px }
nav a { display: flex; margin: 0 -.5rem; padding: .1rem .5rem; border-radius: 6px; text-decoration: none; color: inherit } nav a:hover { color: var(--ink) } nav a[aria-current] { color: var(--ink); background: var(--ink-soft) } .contents { display: none } nav h2 { margin: 1rem 0 .2rem; font-size: 13px }
main { flex: 1; min-width: 0; max-width: 62rem; padding: 1rem 2rem 4rem }
h1 { font-size: 1.6rem } h2 { margin-top: 2.5rem; border-bottom: 1px solid var(--line) } h3 { margin: 2rem 0 .3rem; scroll-margin-top: 1rem }
a { color: var(--ink) } code, pre { font: 13px/1.45 ui-monospace, monospace } code { background: var(--soft); padding: .05rem .25rem; border-radius: 3px }
pre { background: var(--soft); padding: .7rem .9rem; border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere } pre code { background: none; padding: 0 }
table { border-collapse: collapse; width: 100%; margin: .4rem 0 1rem } th, td { text-align: left; vertical-align: top; padding: .25rem .6rem .25rem 0; border-top: 1px solid var(--line) }
th { font-weight: 600; font-size: 12px } td:first-child { white-space: nowrap } td:not(:first-child) { overflow-wrap: break-word } td:last-child { overflow-wrap: anywhere }
.method { display: inline-block; min-width: 4.2rem; font-weight: 700; color: var(--ink) } nav .method { flex: 0 0 3.6rem; font-size: 11px; line-height: 1.8 }
summary { cursor: pointer } .soft { opacity: .75 }
@media (max-width: 60rem) { body { flex-direction: column; align-items: stretch } nav { order: 2; position: static; flex: none; height: auto; border: 0; border-top: 1px solid var(--line) } .contents { display: block; padding: .7rem 1rem 0 } main { max-width: none; padding: 1rem; overflow-x: auto }
  td:first-child { white-space: normal } td:last-child { min-width: 7rem } }
`

export function escapeHtml(text: unknown): string {
  return String(text).replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`)
}

/** Text with \`code\` in it; paths of this site under /docs become links. */
export function textToHtml(text: string): string {
  return escapeHtml(text)
    .replace(/`([^`]+)`/g, '<code>$1</code>')
    .replace(/(^|\s)(\/docs(?:\/[\w/-]+)?)\b/g, '$1<a href="$2">$2</a>')
}

/**
 * On a phone, the navigation is below the content, and a wide table scrolls inside `main`, which therefore takes the
 * focus: its keys then scroll it.
 * @param address of the page, to mark its link in the navigation
 */
export function htmlPage(title: string, navigation: string, content: string, address?: string): Answer<string> {
  const marked = navigation.replace(`href="${address}"`, (link) => `${link} aria-current="page"`)
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title><style>${style}</style></head>
<body><a class="contents" href="#contents">Contents</a><nav id="contents">${marked}</nav><main tabindex="0">${content}</main></body></html>
`
  return new Answer(200, html, {
    'content-security-policy':
      "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  })
}
