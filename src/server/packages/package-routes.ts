import { listPackages, readPackage } from "../../contract/endpoints/record.ts";
import { type Route, route } from "../http/route.ts";
import type { PackageService } from "./package-service.ts";

export function packageRoutes(packages: PackageService): readonly Route[] {
  return [
    route(listPackages, ({ query }) => packages.list(query)),
    route(readPackage, ({ params, query }) => packages.read(params.ecosystem, params.name, query)),
  ];
}
