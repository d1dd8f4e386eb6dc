/** The exchanges of one session, or of all of a grant. */
export function exchangesPath(grant: string, session?: string): string {
  return `/grants/${grant}/exchanges${session === undefined ? "" : `?session=${encodeURIComponent(session)}`}`;
}

export function exchangePath({ grant, id }: { readonly grant: string; readonly id: string }): string {
  return `/grants/${grant}/exchanges/${id}`;
}

/** Of the server, not of the console: JSON lines to keep. */
export function exportPath(grant: string, session?: string): string {
  return `/api/grants/${encodeURIComponent(grant)}/export${session === undefined ? "" : `?session=${encodeURIComponent(session)}`}`;
}
