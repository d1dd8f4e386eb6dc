import { Link } from "react-router";
import { Command } from "../../ui/command.tsx";
import { Page } from "../../ui/page.tsx";
import { Section } from "../../ui/section.tsx";

/** What whoever lost every way in can do, and who does it. */
export function LostPage() {
  return (
    <Page title="You lost your passkey" crumbs={[{ label: "Sign in", to: "/sign-in" }, { label: "Lost" }]}>
      <Section title="A second administrator" note="The usual way.">
        <div className="stack">
          <p>
            Another administrator of your organisation opens Members, chooses you and “Let back in”, and hands you the link. It works once
            within 72 hours and ends with a new passkey, which opens that organisation. Both names stay in the audit trail.
          </p>
          <p>
            Then remove the lost one under <Link to="/account">Account</Link>.
          </p>
        </div>
      </Section>
      <Section title="No other administrator" note="Whoever runs this server.">
        <div className="stack">
          <p>
            On the machine, as the user who owns the data directory. The link it prints works once, and the audit trail says that it was
            made.
          </p>
          <Command text="sluice administrator name@organisation.example" />
        </div>
      </Section>
      <Section title="An own sign-on" note="Where the organisation has one.">
        <p>
          A member who was enrolled at the organisation’s own sign-on needs no passkey: <Link to="/sign-in">enter your work e-mail</Link>.
        </p>
      </Section>
    </Page>
  );
}
