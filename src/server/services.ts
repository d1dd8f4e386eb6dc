import type { Logger } from "pino";
import { openOidc } from "../connectors/oidc/oidc.ts";
import { openSmtp } from "../connectors/smtp/smtp.ts";
import { openWebhook } from "../connectors/webhook/webhook.ts";
import type { KeyRing } from "../sealing/key-ring.ts";
import { CodedError } from "../vocabulary/coded-error.ts";
import { type AccessReviewService, createAccessReviewService } from "./access-review/access-review-service.ts";
import { type AuditService, createAuditService } from "./access-review/audit-service.ts";
import { type CircleService, createCircleService } from "./circles/circle-service.ts";
import { createInvitationService, type InvitationService } from "./circles/invitation-service.ts";
import { createActorSigner } from "./actors/sign-actor.ts";
import type { Config } from "./config.ts";
import type { Database } from "./database/database.ts";
import { openAttachmentFiles } from "./drafts/attachment-files.ts";
import { createAttachmentService, type AttachmentService } from "./drafts/attachment-service.ts";
import { createCorrectionService, type CorrectionService } from "./drafts/correction-service.ts";
import { createDraftService, type DraftService } from "./drafts/draft-service.ts";
import { createImportService, type ImportService } from "./drafts/import-service.ts";
import { createPartService, type PartService } from "./drafts/part-service.ts";
import { createFeedService, type FeedService } from "./feeds/feed-service.ts";
import { loadSampleIfEmpty } from "./feeds/load-sample.ts";
import { isScheduledPlace, startSchedule } from "./feeds/schedule.ts";
import { createSyncService, type SyncService } from "./feeds/sync-service.ts";
import { createGatewayService, type GatewayService } from "./gateway/gateway-service.ts";
import { createModelTokenService, type ModelTokenService } from "./gateway/model-token-service.ts";
import { createPremisesService, type PremisesService } from "./gateway/premises-service.ts";
import { createStopService, type StopService } from "./gateway/stop-service.ts";
import { openTranscriptFiles } from "./gateway/transcript-files.ts";
import { createTranscriptService, type TranscriptService } from "./gateway/transcript-service.ts";
import { createCourier, type Courier } from "./notifications/courier.ts";
import { createNotificationService, type NotificationService } from "./notifications/notification-service.ts";
import { createLedgerService, type LedgerService } from "./ledger/ledger-service.ts";
import { type Custodian, createCustodian } from "./models/custodian.ts";
import { createGrantService, type GrantService } from "./models/grant-service.ts";
import { createModelService, type ModelService } from "./models/model-service.ts";
import { createProbeHistoryService, type ProbeHistoryService } from "./models/probe-history-service.ts";
import { createRequestService, type RequestService } from "./models/request-service.ts";
import { createTermsService, type TermsService } from "./models/terms-service.ts";
import { createWindowService, type WindowService } from "./models/window-service.ts";
import { createNpmAuditService, type NpmAuditService } from "./npm-audit/npm-audit-service.ts";
import { createOsvService, type OsvService } from "./osv-api/osv-service.ts";
import { createOrganisationService, type OrganisationService } from "./organisations/organisation-service.ts";
import { createPackageService, type PackageService } from "./packages/package-service.ts";
import { createPartnerService, type PartnerService } from "./models/partner-service.ts";
import { packageVersion } from "./package-root.ts";
import { openClockMarks } from "./releases/clock-marks.ts";
import { readDatabaseMs } from "./releases/opening-store.ts";
import { createReleaseJob, type ReleaseJob } from "./releases/release-job.ts";
import { createReleaseService, type ReleaseService } from "./releases/release-service.ts";
import { createStagedService, type StagedService } from "./releases/staged-service.ts";
import { createScanService, type ScanService } from "./scanning/scan-service.ts";
import { attachmentsIn } from "./sealed-files.ts";
import { servedAs } from "./sign-in/origin-standing.ts";
import { createSignInService, type SignInService } from "./sign-in/sign-in-service.ts";
import { createSnapshotService, type SnapshotService } from "./snapshot/snapshot-service.ts";
import { statusOf } from "./system/status.ts";
import type { SystemService } from "./system/system-service.ts";
import { reachDatabase, readNewestChange, readProblemCount } from "./system/system-store.ts";
import { createVulnerabilityService, type VulnerabilityService } from "./vulnerabilities/vulnerability-service.ts";
import { createWorkService, type WorkService } from "./work/work-service.ts";

/** The subjects' services, made once and given to the routes by name. */
export type Services = {
  readonly system: SystemService;
  readonly snapshots: SnapshotService;
  readonly syncs: SyncService;
  readonly feeds: FeedService;
  readonly scans: ScanService;
  readonly osv: OsvService;
  readonly npmAudits: NpmAuditService;
  readonly vulnerabilities: VulnerabilityService;
  readonly packages: PackageService;
  readonly signIn: SignInService;
  readonly organisations: OrganisationService;
  readonly circles: CircleService;
  readonly invitations: InvitationService;
  readonly accessReviews: AccessReviewService;
  readonly audit: AuditService;
  readonly drafts: DraftService;
  readonly parts: PartService;
  readonly corrections: CorrectionService;
  readonly imports: ImportService;
  readonly attachments: AttachmentService;
  readonly releases: ReleaseService;
  readonly staged: StagedService;
  /** Opens stages at their hours; tests that move the clock let it look. */
  readonly releaseJob: ReleaseJob;
  readonly gateways: GatewayService;
  readonly premises: PremisesService;
  readonly stops: StopService;
  readonly modelTokens: ModelTokenService;
  readonly transcripts: TranscriptService;
  readonly models: ModelService;
  readonly windows: WindowService;
  readonly terms: TermsService;
  readonly requests: RequestService;
  readonly grants: GrantService;
  readonly partners: PartnerService;
  readonly probeHistory: ProbeHistoryService;
  /** Opens and ends access windows at their hours; tests that move the clock let it settle. */
  readonly custodian: Custodian;
  readonly notifications: NotificationService;
  /** Brings notifications out; tests that move the clock let it go round. */
  readonly courier: Courier;
  readonly work: WorkService;
  readonly ledger: LedgerService;
  /** Begins what runs by itself: scheduled syncs, housekeeping. Only a server that listens does. */
  readonly start: () => void;
  readonly close: () => Promise<void>;
};

export type ServiceParts = {
  readonly config: Config;
  readonly database: Database;
  readonly keys: KeyRing;
  readonly log: Logger;
  /** The time by which it is decided who sees what and how old data is, in milliseconds since 1970. */
  readonly clock: () => number;
  /** How often the release job looks beside the planned hours. */
  readonly lookEveryMs?: number | undefined;
  /** What links to this server begin with. */
  readonly origin: () => string;
};

const VACUUM_EVERY_MS = 6 * 60 * 60 * 1000;

export async function openServices({ config, database, keys, log, clock, lookEveryMs, origin }: ServiceParts): Promise<Services> {
  const now = clock;
  const snapshots = await createSnapshotService({ database, dataDirectory: config.dataDirectory });
  await loadSampleIfEmpty(database);
  await snapshots.catchUp();
  const syncs = createSyncService({ database, config, snapshots });
  // Where a test moves the clock, nothing else tells how much time has passed.
  const monotonic = clock === Date.now ? () => performance.now() : clock;
  const staged = createStagedService({ database, clock });
  const releaseJob = await createReleaseJob({
    database,
    keys,
    snapshots,
    clock,
    monotonic,
    // A clock that a test moves is no other machine's.
    readDatabaseMs: clock === Date.now && database.kind === "postgres" ? () => readDatabaseMs(database) : undefined,
    marks: clock === Date.now ? openClockMarks({ dataDirectory: config.dataDirectory }) : undefined,
    log,
    lookEveryMs,
  });
  const premises = createPremisesService({ database, keys, clock });
  const custodian = createCustodian({
    database,
    keys,
    clock,
    lookAtClocks: releaseJob.lookAtClocks,
    log,
    chargeEnded: premises.chargeEnded,
    lookEveryMs,
  });
  const mail = config.mail === undefined ? undefined : openSmtp(config.mail);
  const webhooks = openWebhook({ allowedPrivateHosts: config.allowedPrivateHosts });
  const notifications = createNotificationService({
    database,
    keys,
    hasMail: mail !== undefined,
    allowedPrivateHosts: config.allowedPrivateHosts,
    clock,
  });
  const courier = createCourier({ database, keys, mail, webhooks, serverUrl: origin, clock, log });
  const signIn = createSignInService({
    database,
    keys,
    sign: createActorSigner(keys, clock),
    oidc: openOidc({ allowedPrivateHosts: config.allowedPrivateHosts }),
    mail,
    served: servedAs(config),
    clock,
    log,
  });
  const ledger = await createLedgerService({ database, keys, config, clock, log });
  const attachmentFiles = openAttachmentFiles({ directory: attachmentsIn(config.dataDirectory), keys });
  const attachments = createAttachmentService({ database, keys, files: attachmentFiles });
  const gateways = createGatewayService({ database, clock });
  let stopRunning = async (): Promise<void> => {};
  return {
    snapshots,
    syncs,
    feeds: createFeedService({ database, isScheduled: (place) => config.syncEveryHours > 0 && isScheduledPlace(place) }),
    scans: createScanService({ snapshots, staged, now }),
    osv: createOsvService({ database, snapshots, config, now }),
    npmAudits: createNpmAuditService({ snapshots, config, now }),
    vulnerabilities: createVulnerabilityService({ database, snapshots }),
    packages: createPackageService({ database, snapshots, now }),
    signIn,
    organisations: createOrganisationService({ database, clock }),
    circles: createCircleService({ database, clock }),
    invitations: createInvitationService({ database, clock }),
    accessReviews: createAccessReviewService({ database, clock }),
    audit: createAuditService({ database, clock }),
    drafts: createDraftService({ database, clock }),
    parts: createPartService({ database }),
    corrections: createCorrectionService({ database, publish: releaseJob.publish }),
    imports: createImportService({ database, clock }),
    attachments,
    releaseJob,
    staged,
    releases: createReleaseService({ database, clock, job: releaseJob }),
    gateways,
    premises,
    stops: createStopService({ database, clock }),
    modelTokens: createModelTokenService({ database, gatewayUrl: config.gateway?.url, clock }),
    transcripts: createTranscriptService({ database, files: openTranscriptFiles({ dataDirectory: config.dataDirectory, keys }), clock }),
    models: createModelService({ database, custodian, clock }),
    terms: createTermsService({ database, clock }),
    requests: createRequestService({ database, clock }),
    windows: createWindowService({ database, keys, custodian, clock }),
    grants: createGrantService({ database, custodian, clock }),
    partners: createPartnerService({ database, custodian, clock }),
    probeHistory: createProbeHistoryService({ database }),
    custodian,
    notifications,
    courier,
    work: createWorkService({
      database,
      notifications,
      installation: { hasAddress: config.publicUrl !== undefined, hasMail: mail !== undefined },
      clock,
    }),
    ledger,
    system: {
      status: async () =>
        statusOf({
          version: packageVersion,
          database: database.kind,
          requestLogin: database.kind === "embedded" ? "none" : config.databaseRequestUrl === undefined ? "owner" : "own",
          loaded: snapshots.current(),
          problems: await readProblemCount(database),
          newestChangeMs: await readNewestChange(database),
          ledgerRefusal: ledger.refusal(),
          gateway: gateways.connection(),
          nowMs: now(),
        }),
      missing: async () => [...(await databaseMissing(database)), ...(snapshots.current() === undefined ? ["No snapshot is loaded"] : [])],
    },
    start: () => {
      attachments
        .sweep()
        .catch((error: unknown) => log.warn({ err: error }, "files of removed attachments could not be swept; the next start tries again"));
      releaseJob.start();
      custodian.start();
      ledger.start();
      const stopCourier = courier.start();
      const stopSchedule = startSchedule({ database, syncs, everyHours: config.syncEveryHours, log });
      const vacuum = setInterval(() => {
        database.vacuum().catch((error: unknown) => log.warn({ err: error }, "the scheduled vacuum failed; it is tried again in 6 hours"));
      }, VACUUM_EVERY_MS);
      vacuum.unref();
      stopRunning = async () => {
        stopSchedule();
        clearInterval(vacuum);
        await stopCourier();
      };
    },
    close: async () => {
      await stopRunning();
      webhooks.close();
      await releaseJob.close();
      await custodian.close();
      await ledger.close();
      await signIn.close();
      await syncs.close();
      await snapshots.close();
    },
  };
}

async function databaseMissing(database: Database): Promise<readonly string[]> {
  try {
    await reachDatabase(database);
    return [];
  } catch (error) {
    if (error instanceof CodedError) return [error.message];
    throw error;
  }
}
