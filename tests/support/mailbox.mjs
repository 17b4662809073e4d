// What the owner of a customer's mailbox can open.

import { linkIn, mailsTo, until } from "./desk.mjs";
import { Customer } from "./world.mjs";

/** The mails about links that were replaced, oldest first. @param {Customer} customer */
export const newLinks = async ({ desk, email }) =>
  (await mailsTo(desk, email)).filter(({ subject }) => /^(A new link|Un nouveau lien)/.test(subject));

/**
 * The customer as whoever opens the newest link that was mailed for a conversation.
 *
 * @param {Customer} into
 * @param {number} [mails] so many there are to be
 */
export async function byMail(into, mails = 1) {
  const last = await until(async () => {
    const all = await newLinks(into);
    return all.length >= mails ? all.at(-1) : undefined;
  }, "the new link is mailed");
  return new Customer(into.company, { id: into.id, email: into.email, url: linkIn(last) });
}
