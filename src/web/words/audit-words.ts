import { type AuditVerb, parseAuditVerb } from "../../vocabulary/audit.ts";

const verbs: Readonly<Record<AuditVerb, string>> = {
  "organisation.created": "added an organisation",
  "organisation.changed": "changed what is stated of an organisation",
  "member.invited": "invited a member",
  "member.invitation-withdrawn": "withdrew an invitation",
  "member.joined": "became a member",
  "member.changed": "changed a member",
  "member.revoked": "ended a membership",
  "member.recovery-link-issued": "made a link that lets a member back in",
  "member.recovered": "was let back in",
  "service-account.created": "made a service account",
  "session.started": "signed in",
  "session.ended": "signed out",
  "session.switched": "switched to act for the organisation",
  "passkey.added": "added a passkey",
  "passkey.removed": "removed a passkey",
  "recovery-codes.made": "made recovery codes",
  "sign-on.added": "set up an own sign-on",
  "sign-on.ended": "ended an own sign-on",
  "sign-on.joined": "was enrolled at the own sign-on",
  "token.issued": "issued an access token",
  "token.revoked": "revoked an access token",
  "administrator-link.issued": "made a link for an administrator",
  "circle.created": "made a circle",
  "circle.changed": "changed a circle",
  "circle.closed": "closed a circle",
  "circle.invited": "invited an organisation to a circle",
  "circle.invitation-withdrawn": "withdrew an invitation to a circle",
  "circle.joined": "joined a circle",
  "circle.declined": "declined an invitation to a circle",
  "circle.signed": "signed a circle’s agreement",
  "circle.left": "left a circle",
  "circle.member-revoked": "ended a membership in a circle",
  "circle.vetted": "wrote a vetting note",
  "draft.created": "began a draft advisory",
  "draft.imported": "imported a draft advisory",
  "draft.abandoned": "abandoned a draft advisory",
  "draft.corrected": "corrected a published advisory",
  "draft.withdrawn": "withdrew a published advisory",
  "draft.published": "published a draft advisory",
  "exception.made": "made an exception for an excluded organisation",
  "release.agreed": "agreed a release plan",
  "release.amended": "proposed a change to a release plan",
  "release.consented": "consented to a change of a release plan",
  "release.refused": "refused a change of a release plan",
  "release.held": "held a release",
  "release.resumed": "lifted a hold",
  "release.ended-early": "ended an embargo early",
  "release.event-stated": "stated an event of a release",
  "webhook.added": "added a webhook",
  "webhook.removed": "removed a webhook",
  "model-token.issued": "made a token for a model",
  "model-token.revoked": "revoked a token for a model",
  "gateway.issued": "issued the credential of a gateway",
  "gateway.revoked": "revoked the credential of a gateway",
  "access.stopped": "stopped the use of a model",
  "access.resumed": "let the use of a model go on",
  "transcript.exported": "exported transcripts",
  "audit.exported": "exported the audit trail",
  "model.enrolled": "offered a model for testing",
  "model.version-added": "added a version of a model",
  "model.version-retired": "retired a version of a model",
  "model.terms-changed": "stated new terms of a model",
  "model.release-moved": "moved the planned release of a model",
  "model.programme-accepted": "accepted a programme record for a model",
  "model.withdrawn": "withdrew a model",
  "window.added": "added an access window",
  "window.credential-given": "gave a window its credential",
  "window.extended": "extended an access window",
  "window.ended": "ended access",
  "grant.made": "granted use of a model",
  "grant.changed": "changed a grant",
  "grant.ended": "ended a grant",
  "request.made": "asked a lab something about its model",
  "request.answered": "answered a desk about a model",
  "request.withdrawn": "took a request about a model back",
  "partner.proposed": "proposed a partner",
  "partner.withdrawn": "withdrew the proposal of a partner",
  "partner.key-turned": "turned the key for a partner",
  "partner.key-turned-back": "turned the key for a partner back",
  "certificate.revoked-upstream": "stated that a credential was revoked upstream",
  "programme.added": "added a programme record",
};

/** What was done, after the name of whoever did it; a verb of a newer version as it stands. */
export function auditWords(verb: string): string {
  const known = parseAuditVerb(verb);
  return known === undefined ? verb : verbs[known];
}

/** What of an event's details a reader looks for first. */
export function auditFact(details: Readonly<Record<string, unknown>>): string | undefined {
  const after = details["after"];
  const named = typeof after === "object" && after !== null ? (after as Readonly<Record<string, unknown>>) : details;
  const parts = ["name", "role", "reason"].flatMap((key) => {
    const value = named[key];
    return typeof value === "string" && value !== "" ? [value] : [];
  });
  return parts.length === 0 ? undefined : parts.join(", ");
}
