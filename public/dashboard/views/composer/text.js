// The draft of a conversation, in step with what is kept of it in this browser.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { draft, hearDraft, keepDraft } from "../../drafts.js";
import { t } from "../../i18n.js";
import { toast } from "../../toast.js";

/** @import { Mode } from "../../thread.js" */
/** @import { Draft } from "../../drafts.js" */

/**
 * What is being written in a conversation, in one of its modes.
 * @param {string} id
 * @param {Mode} mode
 */
export function useDraft(id, mode) {
  const drafts = useSignal({ message: draft(id, "message"), note: draft(id, "note") });
  useEffect(
    () =>
      hearDraft(id, (of, heard) => {
        drafts.value = { ...drafts.peek(), [of]: heard };
        if (of === mode) toast(t(heard.text ? "draft_elsewhere" : "draft_gone_elsewhere"));
      }),
    [id, mode],
  );
  /** @param {Partial<Draft>} change */
  const change = (change) => {
    const next = { ...drafts.peek()[mode], ...change };
    // An empty field has nothing of what was in it.
    const kept = next.text ? next : { text: "", responses: [], mentions: [] };
    drafts.value = { ...drafts.peek(), [mode]: kept };
    keepDraft(id, mode, kept);
  };
  return { current: drafts.value[mode], now: () => drafts.peek()[mode], change };
}
