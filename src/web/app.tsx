import { QueryClientProvider } from "@tanstack/react-query";
import { useState } from "react";
import { I18nProvider } from "react-aria-components";
import { createBrowserRouter } from "react-router";
import { RouterProvider } from "react-router/dom";
import { DataPage } from "./pages/data.tsx";
import { FrontDoor } from "./pages/front-door.tsx";
import { BrokenPage, NotFound } from "./pages/not-found.tsx";
import { PackagePage } from "./pages/packages/package.tsx";
import { PackageList } from "./pages/packages/packages.tsx";
import { PlanPage } from "./pages/scan/plan.tsx";
import { VulnerabilityList } from "./pages/vulnerabilities/vulnerabilities.tsx";
import { VulnerabilityPage } from "./pages/vulnerabilities/vulnerability.tsx";
import { createQueryClient } from "./queries.ts";
import { ScanDeskProvider } from "./scan/scan-desk.tsx";
import { Announcer } from "./shell/announcer.tsx";
import { NowProvider } from "./shell/now.tsx";
import { Shell } from "./shell/shell.tsx";

const router = createBrowserRouter([
  {
    Component: Shell,
    children: [
      {
        ErrorBoundary: BrokenPage,
        children: [
          { path: "/", Component: FrontDoor },
          { path: "/scan", Component: PlanPage },
          { path: "/vulnerabilities", Component: VulnerabilityList },
          { path: "/vulnerabilities/:id", Component: VulnerabilityPage },
          { path: "/packages", Component: PackageList },
          { path: "/packages/:ecosystem/*", Component: PackagePage },
          { path: "/data", Component: DataPage },
          { path: "*", Component: NotFound },
        ],
      },
    ],
  },
]);

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
