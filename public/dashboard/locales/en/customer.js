// The customer's side of a conversation: what he has read, how he rated it, and his link.

export const customer = {
  read_by_customer: "Read",
  rating: "Rating",
  rating_of: "{score} of 5",
  customers_link: "The customer’s link",
  replace_link: "Replace the link",
  replace_link_question: "Replace the link of {name}?",
  replace_link_hint: "All links that are out stop working at once, in mails and in open windows.",
  replace_link_mail: "{name} gets the new one by e-mail, to {email}.",
  link_replaced: "The link is replaced; the new one is on its way.",
  happened_link_replaced: "{who} replaced the customer’s link",
};
