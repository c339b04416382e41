/** The grammar of image names, as registries and container runtimes read them (github.com/distribution/reference). */

const component = '[a-z0-9]+(?:(?:\\.|__?|-+)[a-z0-9]+)*'
const host = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?'
const domain = `${host}(?:\\.${host})*(?::\\d+)?`
const tag = '\\w[\\w.-]{0,127}'
const digest = '[a-zA-Z][a-zA-Z0-9]*(?:[-_+.][a-zA-Z0-9]+)*:[0-9a-fA-F]{32,}'
const name = new RegExp(`^(?:${domain}/)?${component}(?:/${component})*(?::${tag})?(?:@${digest})?$`)

/** Whether the text has the form of an image name. */
export function isImageName(text: string): boolean {
  return name.test(text)
}
