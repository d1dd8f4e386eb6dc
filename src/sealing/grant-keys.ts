/** The name of the key that a window's credential is sealed under, among the keys of grants; its file bears it. */
export function credentialKeyOf(window: string): string {
  return `${window}-credential`;
}

/** The same for what the recorded exchanges of a grant are sealed under. */
export function recordKeyOf(grant: string): string {
  return `${grant}-record`;
}
