/** Sent with every answer. The console needs no inline script, no inline style sheet and no other origin. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy": contentSecurityPolicy(),
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/** The policy; `styleHash` (`sha256-…`) admits one inline style sheet. */
export function contentSecurityPolicy(styleHash?: string): string {
  const styles = styleHash === undefined ? "'self'" : `'self' '${styleHash}'`;
  return [
    "default-src 'self'",
    `style-src ${styles}`,
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}
