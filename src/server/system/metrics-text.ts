import { MAX_DATA_AGE_MS } from "../../vocabulary/data-standing.ts";
import type { Status } from "./system-service.ts";
import { DURATION_BUCKETS, type Traffic } from "./traffic.ts";

export type Process = { readonly residentBytes: number; readonly uptimeSeconds: number };

/** Prometheus text exposition format 0.0.4. Holds numbers, ids of endpoints and names of ecosystems, nothing else. */
export function metricsText(traffic: Traffic, status: Status, process: Process): string {
  const lines: string[] = [];
  metric(lines, "sluice_requests_total", "counter", "Requests answered, by endpoint and status.");
  for (const { endpoint, status: code, count } of traffic.requests()) {
    lines.push(`sluice_requests_total${labels({ endpoint, status: String(code) })} ${count}`);
  }
  metric(lines, "sluice_request_duration_seconds", "histogram", "Time from the request's head to the answer's end.");
  for (const { endpoint, buckets, count, sumSeconds } of traffic.durations()) {
    for (const [index, bound] of DURATION_BUCKETS.entries()) {
      lines.push(`sluice_request_duration_seconds_bucket${labels({ endpoint, le: String(bound) })} ${buckets[index] ?? 0}`);
    }
    lines.push(`sluice_request_duration_seconds_bucket${labels({ endpoint, le: "+Inf" })} ${count}`);
    lines.push(`sluice_request_duration_seconds_sum${labels({ endpoint })} ${sumSeconds}`);
    lines.push(`sluice_request_duration_seconds_count${labels({ endpoint })} ${count}`);
  }
  dataLines(lines, status);
  metric(lines, "sluice_resident_memory_bytes", "gauge", "Memory of the server process.");
  lines.push(`sluice_resident_memory_bytes ${process.residentBytes}`);
  metric(lines, "sluice_uptime_seconds", "gauge", "Seconds since the server started.");
  lines.push(`sluice_uptime_seconds ${process.uptimeSeconds}`);
  return `${lines.join("\n")}\n`;
}

function dataLines(lines: string[], status: Status): void {
  const standings = status.ecosystems.flatMap(({ ecosystem, standing, cannotSay }) =>
    standing === undefined ? [] : [{ ecosystem, standing, cannotSay }],
  );
  metric(
    lines,
    "sluice_data_age_seconds",
    "gauge",
    `Now minus the moment the source last stated its complete state; absent when unknown. Over ${MAX_DATA_AGE_MS / 1000} nothing can be called clean.`,
  );
  for (const { ecosystem, standing } of standings) {
    if (standing.statedAtMs === undefined) continue;
    lines.push(`sluice_data_age_seconds${labels({ ecosystem })} ${(status.nowMs - standing.statedAtMs) / 1000}`);
  }
  metric(lines, "sluice_data_can_say", "gauge", "1 when the data is enough to say that nothing was found.");
  for (const { ecosystem, cannotSay } of standings) {
    lines.push(`sluice_data_can_say${labels({ ecosystem })} ${cannotSay === undefined ? 1 : 0}`);
  }
  metric(lines, "sluice_ecosystem_advisories", "gauge", "Advisories held, by ecosystem.");
  for (const { ecosystem, standing } of standings) {
    lines.push(`sluice_ecosystem_advisories${labels({ ecosystem })} ${standing.advisories}`);
  }
  metric(lines, "sluice_advisories", "gauge", "Advisories held.");
  lines.push(`sluice_advisories ${status.advisories}`);
  metric(lines, "sluice_problems", "gauge", "Records kept aside because they could not be read.");
  lines.push(`sluice_problems ${status.problems}`);
}

function metric(lines: string[], name: string, type: "counter" | "gauge" | "histogram", help: string): void {
  lines.push(`# HELP ${name} ${help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}`, `# TYPE ${name} ${type}`);
}

function labels(values: Readonly<Record<string, string>>): string {
  const escaped = (value: string): string => value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
  return `{${Object.entries(values)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(",")}}`;
}
