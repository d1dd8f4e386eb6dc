import { Link, useLocation, useRouteError } from "react-router";
import { Page } from "../ui/page.tsx";
import { Refusal } from "../ui/notice.tsx";

export function NotFound() {
  const { pathname } = useLocation();
  return (
    <Page title="There is no page here" meta={<code>{pathname}</code>}>
      <p>
        Expected the address of a page of this console. <Link to="/">Search from the front door</Link>, or go to{" "}
        <Link to="/vulnerabilities">vulnerabilities</Link>, <Link to="/packages">packages</Link> or <Link to="/data">data</Link>.
      </p>
    </Page>
  );
}

/** Stands in for a page that broke; what stands around it still works. */
export function BrokenPage() {
  const error = useRouteError();
  return (
    <Page title="This page broke">
      <Refusal
        title="A fault in Sluice, not in what you asked"
        error={error}
        kept={`Nothing was changed or sent. ${error instanceof Error ? error.message : ""}`}
      />
    </Page>
  );
}
