// What roles and add-ons are called.
import { at } from "../../api.js";
import { t } from "../../i18n.js";
import { useResource } from "../../resource.js";

/** @import { Key } from "../../i18n.js" */

export const ADD_ONS = /** @type {const} */ ([
  "dispenser",
  "transfer",
  "independent_orders",
  "order_admin",
  "payment_reconciler",
  "conversation_reports",
  "payment_reports",
]);

/** A preset's name in the reader's language; a role of the company's own has the name it was given. */
export const roleName = (/** @type {{ id: string, name: string, base: string | null }} */ role) =>
  role.base ? role.name : t(/** @type {Key} */ (`role_${role.id}`));

/** The name of a role by its key or id. @param {string} slug @returns {(id: string) => string} */
export function useRoleNames(slug) {
  const { data } = useResource(`${at(slug)}/roles`);
  return (id) => {
    const role = data?.items.find((/** @type {{ id: string }} */ one) => one.id === id);
    return role ? roleName(role) : "…";
  };
}
