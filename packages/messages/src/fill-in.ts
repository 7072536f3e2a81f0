/** In one pass with a function: nothing inside a brand is read as a placeholder or a `$` pattern. */
export function fillIn(template: string, { code, brand }: { readonly code: string; readonly brand: string }): string {
  return template.replace(/\{(?:code|brand)\}/g, (placeholder) => (placeholder === "{code}" ? code : brand));
}
