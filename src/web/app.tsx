import { QueryClientProvider } from "@tanstack/react-query";
import { useState } from "react";
import { I18nProvider } from "react-aria-components";
import { createBrowserRouter } from "react-router";
import { RouterProvider } from "react-router/dom";
import { BrokenPage, NotFound } from "./pages/not-found.tsx";
import { createQueryClient } from "./queries.ts";
import { ScanDeskProvider } from "./scan/scan-desk.tsx";
import { Announcer } from "./shell/announcer.tsx";
import { NowProvider } from "./shell/now.tsx";
import { Shell } from "./shell/shell.tsx";
import { Skeleton } from "./ui/notice.tsx";

const router = createBrowserRouter([
  {
    Component: Shell,
    children: [
      {
        ErrorBoundary: BrokenPage,
        HydrateFallback: PageComing,
        children: [
          { path: "/", lazy: async () => ({ Component: (await import("./pages/home.tsx")).HomePage }) },
          { path: "/record", lazy: async () => ({ Component: (await import("./pages/front-door.tsx")).FrontDoor }) },
          {
            path: "/notifications",
            lazy: async () => ({ Component: (await import("./pages/notifications/notifications.tsx")).NotificationsPage }),
          },
          {
            path: "/notifications/:notification",
            lazy: async () => ({ Component: (await import("./pages/notifications/notification.tsx")).NotificationPage }),
          },
          { path: "/scan", lazy: async () => ({ Component: (await import("./pages/scan/plan.tsx")).PlanPage }) },
          {
            path: "/vulnerabilities",
            lazy: async () => ({ Component: (await import("./pages/vulnerabilities/vulnerabilities.tsx")).VulnerabilityList }),
          },
          {
            path: "/vulnerabilities/:id",
            lazy: async () => ({ Component: (await import("./pages/vulnerabilities/vulnerability.tsx")).VulnerabilityPage }),
          },
          { path: "/packages", lazy: async () => ({ Component: (await import("./pages/packages/packages.tsx")).PackageList }) },
          { path: "/packages/:ecosystem/*", lazy: async () => ({ Component: (await import("./pages/packages/package.tsx")).PackagePage }) },
          { path: "/drafts", lazy: async () => ({ Component: (await import("./pages/drafts/drafts.tsx")).DraftsPage }) },
          { path: "/drafts/:draft", lazy: async () => ({ Component: (await import("./pages/drafts/draft.tsx")).DraftPage }) },
          {
            path: "/drafts/:draft/release-plan",
            lazy: async () => ({ Component: (await import("./pages/releases/release-plan.tsx")).ReleasePlanPage }),
          },
          { path: "/data", lazy: async () => ({ Component: (await import("./pages/data.tsx")).DataPage }) },
          { path: "/ledger", lazy: async () => ({ Component: (await import("./pages/ledger/ledger.tsx")).LedgerPage }) },
          { path: "/sign-in", lazy: async () => ({ Component: (await import("./pages/sign-in/sign-in.tsx")).SignInPage }) },
          { path: "/sign-in/return", lazy: async () => ({ Component: (await import("./pages/sign-in/sign-on-return.tsx")).SignOnReturn }) },
          { path: "/sign-in/link", lazy: async () => ({ Component: (await import("./pages/sign-in/mailed-link.tsx")).MailedLinkPage }) },
          { path: "/sign-in/lost", lazy: async () => ({ Component: (await import("./pages/sign-in/lost.tsx")).LostPage }) },
          { path: "/sign-ons", lazy: async () => ({ Component: (await import("./pages/sign-ons/sign-ons.tsx")).SignOnsPage }) },
          { path: "/first-administrator", lazy: async () => ({ Component: (await import("./pages/sign-in/enrol.tsx")).EnrolPage }) },
          { path: "/join", lazy: async () => ({ Component: (await import("./pages/sign-in/enrol.tsx")).EnrolPage }) },
          { path: "/account", lazy: async () => ({ Component: (await import("./pages/account/account.tsx")).AccountPage }) },
          {
            path: "/organisation",
            lazy: async () => ({ Component: (await import("./pages/organisation/organisation.tsx")).OrganisationPage }),
          },
          {
            path: "/organisations",
            lazy: async () => ({ Component: (await import("./pages/organisations/organisations.tsx")).OrganisationsPage }),
          },
          { path: "/circles", lazy: async () => ({ Component: (await import("./pages/circles/circles.tsx")).CirclesPage }) },
          { path: "/circles/:circle", lazy: async () => ({ Component: (await import("./pages/circles/circle.tsx")).CirclePage }) },
          { path: "/models", lazy: async () => ({ Component: (await import("./pages/models/models.tsx")).ModelsPage }) },
          { path: "/models/:model", lazy: async () => ({ Component: (await import("./pages/models/model.tsx")).ModelPage }) },
          { path: "/grants", lazy: async () => ({ Component: (await import("./pages/grants/grants.tsx")).GrantsPage }) },
          { path: "/grants/:grant", lazy: async () => ({ Component: (await import("./pages/grants/grant.tsx")).GrantPage }) },
          {
            path: "/grants/:grant/sessions",
            lazy: async () => ({ Component: (await import("./pages/grants/sessions.tsx")).SessionsPage }),
          },
          {
            path: "/grants/:grant/exchanges",
            lazy: async () => ({ Component: (await import("./pages/grants/exchanges.tsx")).ExchangesPage }),
          },
          {
            path: "/grants/:grant/exchanges/:exchange",
            lazy: async () => ({ Component: (await import("./pages/grants/exchange.tsx")).ExchangePage }),
          },
          { path: "/access", lazy: async () => ({ Component: (await import("./pages/access/access.tsx")).AccessPage }) },
          {
            path: "/access/drafts/:draft",
            lazy: async () => ({ Component: (await import("./pages/access/draft-access.tsx")).DraftAccessPage }),
          },
          {
            path: "/access/organisations/:organisation",
            lazy: async () => ({ Component: (await import("./pages/access/organisation-access.tsx")).OrganisationAccessPage }),
          },
          {
            path: "/access/members/:member",
            lazy: async () => ({ Component: (await import("./pages/access/member-access.tsx")).MemberAccessPage }),
          },
          { path: "*", Component: NotFound },
        ],
      },
    ],
  },
]);

/** While the first page's own code comes. */
function PageComing() {
  return <Skeleton rows={6} what="the page" />;
}

export function App() {
  const [queryClient] = useState(createQueryClient);
  return (
    <QueryClientProvider client={queryClient}>
      <I18nProvider locale="en-GB">
        <NowProvider>
          <Announcer>
            <ScanDeskProvider>
              <RouterProvider router={router} />
            </ScanDeskProvider>
          </Announcer>
        </NowProvider>
      </I18nProvider>
    </QueryClientProvider>
  );
}
