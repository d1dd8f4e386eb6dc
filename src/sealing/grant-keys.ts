/** The name of the key that a window's credential is sealed under, among the keys of grants; its file bears it. */
export function credentialKeyOf(window: string): string {
  return `${window}-credential`;
}

/** The same for what the recorded exchanges of a grant are sealed under. */
export function recordKeyOf(grant: string): string {
  return `${grant}-record`;
}

/** What the destruction of a record key cannot reach besides what no destruction of a file can. */
export const RECORD_CANNOT_REACH =
  "copies and backups of what was sealed under the key: without it nobody can read them. The gateway removes its own files when this certificate is there";
