/** Template texts by path; a `{{word}}` is replaced, on a line of its own with its line where it is empty. */

export type Templates = Readonly<Record<string, string>>;

export function fillTemplate(
  template: string | undefined,
  values: Readonly<Record<string, string>>,
): string {
  if (template === undefined)
    throw new Error('A template of the package is missing from resources/templates.');
  return template
    .replace(/^\{\{(\w+)\}\}\n/gm, (whole, word: string) => {
      const value = values[word];
      return value === undefined ? whole : value === '' ? '' : `${value.trimEnd()}\n`;
    })
    .replace(/\{\{(\w+)\}\}/g, (whole, word: string) => values[word] ?? whole);
}
