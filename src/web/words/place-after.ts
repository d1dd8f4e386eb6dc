/** Where one goes after signing in: a place of this console, whatever the address says. Threat: a link to /sign-in that leads to another site. */
export function placeAfter(to: string | null): string {
  const place = to === null ? null : URL.parse(to, "https://here.invalid");
  if (to === null || !to.startsWith("/") || place?.origin !== "https://here.invalid" || place.pathname.startsWith("/sign-in")) return "/";
  return place.pathname + place.search + place.hash;
}
