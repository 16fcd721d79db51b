// What scripts say, in the page's language: the page brings a catalogue along (/words.js) unless it is English.

export function t(text, values = {}) {
  const said = globalThis.gettext ? globalThis.gettext(text) : text;
  return said.replace(/%\((\w+)\)s/g, (_, name) => values[name]);
}
