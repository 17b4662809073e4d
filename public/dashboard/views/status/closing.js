// Closing several conversations of an agent: named first, then done with its progress, and stopped when that is wished.
import { useSignal } from "@preact/signals";
import { useProgress } from "../../bulk.js";
import { html } from "../../html.js";
import { t } from "../../i18n.js";
import { toast } from "../../toast.js";
import { Dialog } from "../dialog.js";
import { Named, Refusals, Underway } from "./together.js";

/** @import { BoardAgent, BoardConversation } from "../../types.js" */
/** @import { Refused } from "../../bulk.js" */

/**
 * @param {{ board: import("../../board.js").Board, agent: BoardAgent, conversations: BoardConversation[], onClose: () => void }} props
 */
export function Closing({ board, agent, conversations, onClose }) {
  const left = useSignal(conversations);
  const refused = useSignal(/** @type {Refused<BoardConversation>[]} */ ([]));
  const { progress, run, stop } = useProgress();
  const end = () => {
    stop();
    onClose();
  };
  const close = async () => {
    const result = await run(left.value, (one) => board.close(agent, one));
    left.value = left.value.filter((one) => !result.done.includes(one));
    refused.value = result.refused;
    if (result.done.length > 0) toast(t("were_closed", { count: result.done.length }));
    else if (result.refused.length > 0) toast(t("not_done", { count: result.refused.length }));
    if (left.value.length === 0) end();
  };
  return html`<${Dialog} title=${t("close_question", { count: conversations.length, name: agent.name })} onClose=${end}>
    <div class="stack">
      <p>${t("close_consequence")}</p>
      <${Named} conversations=${left.value} />
      <${Refusals} refused=${refused.value} />
    </div>
    ${
      progress
        ? html`<${Underway} progress=${progress} onStop=${stop} />`
        : html`<p class="dialog-actions">
          <button type="button" class="button" onClick=${end} autofocus>${t("cancel")}</button>
          <button type="button" class="button button-danger" onClick=${close}>${t("close_chosen", { count: left.value.length })}</button>
        </p>`
    }
  <//>`;
}
