/** Laws of the audit log: a server's word alone, and so anything. */
import { ok } from "node:assert/strict";
import * as fc from "fast-check";
import { auditPage } from "../../../src/api/audit.ts";
import { auditRecord, shareMark } from "../../../src/folder/audit.ts";
import { auditEvents, type AuditRow } from "../../../src/protocol/audit-schema.ts";
import { idOf } from "../../ops.ts";
import { law, type Law } from "../law.ts";
import { damagedJson, jsonDamage } from "../mutation.ts";
import { answeringSignedIn } from "./answering.ts";
import { judged } from "./judged.ts";
import { folderOf } from "./request.ts";

const row = { at: 5, last: 6, epoch: 0, seq: 2, count: 1, bytes: 1080, share: shareMark(idOf(1)), scope: "owner" } as const;
const place = (at: number): string => `${at}-${idOf(3)}`;

function check(given: AuditRow): void {
  const record = auditRecord(given, {
    wrote: (seq) => (seq === 2 ? { at: 1, device: idOf(4), here: false } : null),
    shares: new Map([[row.share, idOf(1)]]),
  });
  if (record === null) return;
  ok((auditEvents as readonly string[]).includes(record.event));
  ok(
    Object.values(record).every((member) => member !== undefined),
    "what belongs to an event is there",
  );
}

export const auditLaws: readonly Law[] = [
  law(
    "pages of the audit log, whatever a server says happened",
    120,
    [
      fc.subarray([...auditEvents, "what-is-newer"], { minLength: 1 }),
      jsonDamage,
      fc.constantFrom(undefined, 4, 5, 6),
      fc.constantFrom(undefined, 5),
    ],
    async (events, how, next, before) => {
      const rows = events.map((event) => ({ event, ...row }));
      const page = damagedJson(JSON.stringify({ rows, ...(next === undefined ? {} : { next: place(next) }) }), how);
      const api = folderOf(answeringSignedIn(() => new Response(page)));
      const judgement = await judged(() => auditPage(api, before === undefined ? undefined : place(before), { attempts: 1 }));
      if ("error" in judgement) return;
      const { next: told } = judgement.value;
      if (told !== undefined && before !== undefined) ok(Number(told.split("-")[0]) <= before && told !== place(before), "pages lead on");
      for (const one of judgement.value.rows) await judged(() => check(one));
    },
  ),
];
