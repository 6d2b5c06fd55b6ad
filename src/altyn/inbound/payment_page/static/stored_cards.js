// The stored cards of the page: which one is marked, and the removal of one.
// Without scripts the marked card is posted with the form, and after a removal the page opens again.

import { call } from "./gateway.js";

const $ = (id) => document.getElementById(id);

// `changed()` is called when another card is marked.
export function storedCards(page, showMessage, changed) {
  const say = (kind, text) => showMessage($("notice"), kind, text);
  const list = $("stored");
  const radios = () => [...list.querySelectorAll("[name=bindingId]")];
  const marked = () => radios().find((radio) => radio.checked && radio.value);

  function mark(radio) {
    radio.checked = true;
    changed();
  }

  // A card that is gone: the next one is marked, and the list goes with its last card.
  function takeAway(row) {
    const wasMarked = row.contains(marked() ?? null);
    row.remove();
    const left = radios();
    if (wasMarked) mark(left[0]);
    list.hidden = left.length === 1;
    const next = list.hidden ? $("pan") : left.find((radio) => radio.checked);
    next.focus();
  }

  // A card that was sent cannot pay any more; without any card left, the page says why.
  function removed(id) {
    const gone = radios().find((radio) => radio.value === id);
    if (radios().length === 1) window.location.reload();
    else if (gone) takeAway(gone.closest("li"));
  }

  list.addEventListener("change", (event) => {
    if (event.target.name === "bindingId") changed();
  });
  const removing = $("remove-card");
  removing?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = event.submitter;
    if (button.getAttribute("aria-disabled")) return;
    button.setAttribute("aria-disabled", "true");
    try {
      const answer = await call(page.rest, "unbindcardanon.do", { mdOrder: page.order, bindingId: button.value, language: page.language });
      if (Number(answer.errorCode)) say("warn", answer.errorMessage);
      else {
        takeAway(button.closest("li"));
        say("ok", removing.dataset.removed);
      }
    } catch {
      say("warn", removing.dataset.lost);
    }
    button.removeAttribute("aria-disabled");
  });

  return {
    id: () => marked()?.value ?? "",
    removed,
    system: () => marked()?.dataset.system ?? "",
    markAnother() {
      const another = radios().find((radio) => !radio.value);
      if (another && !another.checked) mark(another);
    },
  };
}
